/** @typedef {import('./report.js').Result} Result */
/** @typedef {import('./report.js').Side} Side */

const NOTHING = '–';
const MEGABYTE = 2 ** 20;

/** @type {readonly (readonly [title: string, width: number, cell: (result: Result) => string])[]} */
const COLUMNS = [
  ['case', 18, (result) => result.case],
  ['backend', 7, (result) => result.backend],
  ['ours ms/step', 21, ({ ours }) => of(ours, (side) => withRange(side.milliseconds))],
  ['PyTorch ms/step', 21, ({ pytorch }) => of(pytorch, (side) => withRange(side.milliseconds))],
  ['ratio', 17, ({ ratio }) => (ratio ? withRange(ratio) : NOTHING)],
  ['ours of peak', 12, ({ ours }) => of(ours, ofPeak)],
  ['PyTorch of peak', 15, ({ pytorch }) => of(pytorch, ofPeak)],
  ['ours img/s', 10, ({ ours }) => of(ours, (side) => figures(side.imagesPerSecond))],
  ['PyTorch img/s', 13, ({ pytorch }) => of(pytorch, (side) => figures(side.imagesPerSecond))],
  ['ours MB', 7, ({ ours }) => of(ours, megabytes)],
  ['PyTorch MB', 10, ({ pytorch }) => of(pytorch, megabytes)],
  ['ratio', 5, ({ memoryRatio }) => (memoryRatio === undefined ? NOTHING : figures(memoryRatio))],
  [
    'ONNX Runtime ms',
    21,
    ({ onnxruntime }) => of(onnxruntime, (side) => withRange(side.milliseconds)),
  ],
  ['ratio', 17, ({ onnxruntimeRatio: ratio }) => (ratio ? withRange(ratio) : NOTHING)],
];

const LEFT = 2; // the first columns are words

/** The titles. Times are medians over the rounds, with the fastest and the slowest. */
export function header() {
  return row(COLUMNS.map(([title]) => title));
}

/**
 * The line of one result, and a line for each side that failed.
 *
 * @param {Result} result
 */
export function line(result) {
  const sides = { ours: result.ours, PyTorch: result.pytorch, 'ONNX Runtime': result.onnxruntime };
  const errors = Object.entries(sides).flatMap(([name, side]) =>
    side && 'error' in side ? [`  ${name} failed: ${side.error}`] : [],
  );
  return [row(COLUMNS.map(([, , cell]) => cell(result))), ...errors].join('\n');
}

/**
 * The kernels of one result, the slowest first.
 *
 * @param {Result} result
 */
export function profileTable(result) {
  const { case: name, backend, ours } = result;
  const title = `${name} on ${backend}`;
  if ('error' in ours || !ours.profile)
    return `${title}\n  failed: ${'error' in ours && ours.error}`;
  const { milliseconds, kernels } = ours.profile;
  const inKernels = kernels.reduce((sum, kernel) => sum + kernel.milliseconds, 0);
  const lines = [
    ...kernels,
    { kernel: 'outside of kernels', calls: 1, milliseconds: milliseconds - inKernels },
  ].map((kernel) =>
    [
      kernel.kernel.padEnd(36),
      kernel.calls.toFixed(0).padStart(6),
      kernel.milliseconds.toFixed(2).padStart(10),
      `${((100 * kernel.milliseconds) / milliseconds).toFixed(1)}%`.padStart(7),
    ].join(''),
  );
  const titles = `${'kernel'.padEnd(36)}${'calls'.padStart(6)}${'ms/step'.padStart(10)}${'share'.padStart(7)}`;
  return [`${title}: ${milliseconds.toFixed(1)} ms/step`, titles, ...lines].join('\n');
}

/** @param {readonly string[]} cells */
function row(cells) {
  return cells
    .map((cell, i) => {
      const width = /** @type {(typeof COLUMNS)[number]} */ (COLUMNS[i])[1];
      return i < LEFT ? cell.padEnd(width) : cell.padStart(width);
    })
    .join('  ')
    .trimEnd();
}

/**
 * @param {Side | {error: string} | undefined} side
 * @param {(side: Side) => string} cell
 */
function of(side, cell) {
  if (!side) return NOTHING;
  return 'error' in side ? 'failed' : cell(side);
}

/** @param {Side} side */
function ofPeak({ shareOfPeak = 0 }) {
  return shareOfPeak < 0.005 ? NOTHING : `${(100 * shareOfPeak).toFixed(0)}%`;
}

/** @param {Side} side */
function megabytes({ peakBytes }) {
  return (peakBytes / MEGABYTE).toFixed(0);
}

/** @param {import('./statistics.js').Spread} spread */
function withRange({ median, min, max }) {
  return `${figures(median)} (${figures(min)}–${figures(max)})`;
}

/** Three significant figures, or all before the point. @param {number} value */
function figures(value) {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
