const NOTHING = '–';
/** Programs that have a line of their own. */
const PROGRAMS = 20;

/** @typedef {import('./host.js').HostResult} HostResult */
/** @typedef {import('./host.js').HostSide} HostSide */

/** @type {readonly (readonly [title: string, width: number, cell: (result: HostResult) => string])[]} */
const COLUMNS = [
  ['case', 20, ({ case: name }) => name],
  ['batch', 5, ({ batch }) => String(batch)],
  ['ours ms', 9, ({ ours }) => time(ours)],
  ["tfjs's ms", 9, ({ stock }) => time(stock)],
  ["ours/tfjs's", 11, ({ ratio }) => ratio?.median.toFixed(2) ?? NOTHING],
];

/** The titles. Times are medians over the rounds. */
export function hostHeader() {
  return row(COLUMNS.map(([title]) => title));
}

/**
 * The line of a case, and a line for each side that failed.
 *
 * @param {HostResult} result
 */
export function hostLine(result) {
  const sides = { ours: result.ours, "tfjs's": result.stock };
  const errors = Object.entries(sides).flatMap(([name, side]) =>
    'error' in side ? [`  ${name} failed: ${side.error}`] : [],
  );
  return [row(COLUMNS.map(([, , cell]) => cell(result))), ...errors].join('\n');
}

/** @type {readonly (readonly [title: string, value: (side: HostSide) => string])[]} */
const ROWS = [
  ['dispatches', ({ calls }) => String(total(calls.dispatches))],
  ["  of tfjs's programs", ({ calls }) => String(total(calls.dispatches, isTfjs))],
  ['submissions', ({ calls }) => String(calls.submissions)],
  ['compute passes', ({ calls }) => String(calls.passes)],
  ['writes by the queue', ({ calls }) => String(calls.writes)],
  ['copies', ({ calls }) => String(calls.copies)],
  ['buffers made', ({ calls }) => String(calls.buffers)],
  ['bind groups made', ({ calls }) => String(calls.bindGroups)],
  ['MB of tensors at most', ({ gpuBytes }) => String(Math.round(gpuBytes / 2 ** 20))],
  ['JavaScript', ({ shares }) => share(shares?.javaScript)],
  ['Dawn', ({ shares }) => share(shares?.dawn)],
  ['garbage collection', ({ shares }) => share(shares?.garbage)],
];

/**
 * What a step asks of WebGPU, then its dispatches by program, the most frequent first.
 *
 * @param {HostResult} result
 */
export function callTable({ case: name, ours, stock }) {
  const sides = [ours, stock].map((side) => ('error' in side ? null : side));
  const line = (/** @type {string} */ title, /** @type {string[]} */ cells) =>
    [title.padEnd(32), ...cells.map((cell) => cell.padStart(8))].join(' ').trimEnd();
  const counts = (/** @type {string} */ program) =>
    sides.map((side) => side?.calls.dispatches[program] ?? 0);
  const programs = [...new Set(sides.flatMap((side) => Object.keys(side?.calls.dispatches ?? {})))];
  programs.sort((a, b) => Math.max(...counts(b)) - Math.max(...counts(a)));
  const others = programs.splice(PROGRAMS);
  return [
    line(`one step of ${name}`, ['ours', "tfjs's"]),
    ...ROWS.map(([title, value]) =>
      line(
        title,
        sides.map((side) => (side ? value(side) : NOTHING)),
      ),
    ),
    line('dispatches by program', []),
    ...programs.map((program) => line(`  ${program}`, counts(program).map(String))),
    line(
      '  others',
      sides.map((side) =>
        String(total(side?.calls.dispatches ?? {}, (name) => others.includes(name))),
      ),
    ),
  ].join('\n');
}

/** @param {string} program */
function isTfjs(program) {
  return program.endsWith('Program');
}

/**
 * @param {Record<string, number>} dispatches
 * @param {(program: string) => boolean} [counted]
 */
function total(dispatches, counted = () => true) {
  return Object.entries(dispatches).reduce(
    (sum, [program, count]) => sum + (counted(program) ? count : 0),
    0,
  );
}

/** @param {HostResult['ours']} side */
function time(side) {
  return 'error' in side ? NOTHING : side.milliseconds.median.toFixed(1);
}

/** @param {number | undefined} part */
function share(part) {
  return part === undefined ? NOTHING : `${Math.round(100 * part)}%`;
}

/** @param {readonly string[]} cells */
function row(cells) {
  return cells
    .map((cell, i) =>
      i === 0 ? cell.padEnd(COLUMNS[0]?.[1] ?? 0) : cell.padStart(COLUMNS[i]?.[1] ?? 0),
    )
    .join('  ');
}
