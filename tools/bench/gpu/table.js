const NOTHING = '–';

/** @typedef {import('./main.js').StepResult} StepResult */

/** @type {readonly (readonly [title: string, width: number, cell: (step: StepResult) => string])[]} */
const COLUMNS = [
  ['batch', 5, ({ batch }) => String(batch)],
  ['precision', 9, ({ precision }) => precision],
  ['ours ms', 9, ({ ours }) => time(ours)],
  ["tfjs's ms", 9, ({ stock }) => time(stock)],
  ['PyTorch ms', 10, ({ pytorch }) => time(pytorch)],
  ["ours/tfjs's", 11, ({ overStock }) => overStock?.median.toFixed(2) ?? NOTHING],
  ['ours/PyTorch', 12, ({ overPyTorch }) => overPyTorch?.median.toFixed(2) ?? NOTHING],
  ['ours MB', 7, ({ ours }) => megabytes(ours)],
  ["tfjs's MB", 9, ({ stock }) => megabytes(stock)],
  ['PyTorch MB', 10, ({ pytorch }) => megabytes(pytorch)],
];

/** The titles. Times are medians over the rounds; MB is what tensors took on the GPU at most. */
export function stepHeader() {
  return row(COLUMNS.map(([title]) => title));
}

/**
 * The line of one batch, and a line for each side that failed.
 *
 * @param {StepResult} step
 */
export function stepLine(step) {
  const sides = { ours: step.ours, "tfjs's": step.stock, PyTorch: step.pytorch };
  const errors = Object.entries(sides).flatMap(([name, side]) =>
    side && 'error' in side ? [`  ${name} failed: ${side.error}`] : [],
  );
  return [row(COLUMNS.map(([, , cell]) => cell(step))), ...errors].join('\n');
}

/**
 * The kernels of a step, the slowest first, and how near the convolutions come to the peak.
 *
 * @param {import('./profile.js').GPUProfile} profile
 */
export function kernelTable({ description, batch, kernels, peak, peakMeasured }) {
  const all = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const lines = kernels
    .filter(({ milliseconds }) => milliseconds > 0)
    .map(({ kernel, calls, milliseconds, operations }) => {
      const share = operations > 0 ? percent(operations / (milliseconds / 1000) / peak) : '';
      const cells = [
        kernel.padEnd(32),
        String(calls).padStart(6),
        milliseconds.toFixed(3).padStart(11),
        percent(milliseconds / all).padStart(7),
        share.padStart(12),
      ];
      return cells.join(' ').trimEnd();
    });
  const convolutions = kernels.filter(({ operations }) => operations > 0);
  const operations = convolutions.reduce((sum, kernel) => sum + kernel.operations, 0);
  const seconds = convolutions.reduce((sum, kernel) => sum + kernel.milliseconds, 0) / 1000;
  const rate = operations / seconds;
  return [
    `${description}; one step of batch ${batch}, by timestamps of the GPU`,
    `${'kernel'.padEnd(32)} ${'calls'.padStart(6)} ${'ms'.padStart(11)} ${'share'.padStart(7)} ${'of the peak'.padStart(12)}`,
    ...lines,
    `convolutions and their gradients: ${(rate / 1e12).toFixed(3)} TFLOP/s, ${percent(rate / peak)} of the float32 ` +
      `peak, ${(peak / 1e12).toFixed(3)} TFLOP/s (${peakMeasured ? 'measured' : 'as given'})`,
  ].join('\n');
}

/** @param {StepResult['pytorch']} side */
function time(side) {
  return side && !('error' in side) ? side.milliseconds.median.toFixed(1) : NOTHING;
}

/** @param {StepResult['pytorch']} side */
function megabytes(side) {
  return side && !('error' in side) && side.gpuBytes
    ? String(Math.round(side.gpuBytes / 2 ** 20))
    : NOTHING;
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(1)}%`;
}

/** @param {readonly string[]} cells */
function row(cells) {
  return cells.map((cell, i) => cell.padStart(COLUMNS[i]?.[1] ?? 0)).join('  ');
}
