// Is the estimate of a training step's memory true? Measures the heap of wasm beside it.
// Usage: npm run build && node tools/checks/memory/estimate.js [--whole] [--only resnet50-448]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { CASES, WHOLE_CASES } from './estimate-cases.js';

/** The estimate over the peak may lie within. */
const RATIO = { from: 0.95, to: 1.15 };
const ONE_STEP = fileURLToPath(new URL('./one-step.js', import.meta.url));

const { values: flags } = parseArgs({
  options: { whole: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
console.log('| network | batch | estimate, MB | peak, MB | ratio | heap, MB | s/batch |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const measured of flags.whole ? WHOLE_CASES : CASES) {
  const { arch, size, batch, accumulate = 1 } = { accumulate: 1, ...measured };
  if (!`${arch}-${size}`.includes(flags.only)) continue;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ONE_STEP,
    JSON.stringify(measured),
  ]);
  const { estimate, peak, heap, seconds, full } = JSON.parse(stdout);
  const ratio = estimate / peak;
  const cells = [
    `${arch}, ${size}²`,
    accumulate > 1 ? `${accumulate} × ${batch}` : batch,
    ...[estimate, peak].map(megabytes),
    ratio.toFixed(2),
    full ?? megabytes(heap),
    seconds.toFixed(1),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  if (full || ratio < RATIO.from || ratio > RATIO.to) process.exitCode = 1;
}
console.log(
  process.exitCode
    ? `An estimate lies outside of ${RATIO.from} to ${RATIO.to}, or a step did not fit.`
    : 'All estimates hold.',
);

/** @param {number} bytes */
function megabytes(bytes) {
  return Math.round(bytes / 1e6);
}
