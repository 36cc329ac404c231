// Does memory stay flat over many training steps of one of the benchmark's cases?
// Usage: npm run build && node tools/checks/memory/steps.js [--case train-mini-96] [--backend wasm] [--steps 1000]
import { parseArgs } from 'node:util';
import { selectBackend } from '@fbsd/cli';
import { casesNamed } from '../../bench/cases.js';
import { makeStep } from '../../bench/steps.js';
import { MemoryWatch } from './watch.js';

/** How often it looks. */
const SAMPLES = 20;

const { values: flags } = parseArgs({
  options: {
    case: { type: 'string', default: 'train-mini-96' },
    backend: { type: 'string', default: 'wasm' },
    steps: { type: 'string', default: '1000' },
  },
});
const steps = Number(flags.steps);
if (!Number.isInteger(steps) || steps < SAMPLES) {
  console.error(`--steps must be a whole number from ${SAMPLES}; got '${flags.steps}'.`);
  process.exit(2);
}
const [measured] = casesNamed([flags.case]);
const { description } = await selectBackend(/** @type {'wasm' | 'node'} */ (flags.backend));
const step = makeStep(/** @type {import('../../bench/cases.js').Case} */ (measured));
console.log(`${measured?.name} on ${description}, ${steps} steps`);

const watch = new MemoryWatch();
for (let done = 1; done <= steps; done++) {
  await step();
  if (done % Math.floor(steps / SAMPLES) === 0) watch.look(done, { print: true });
}
watch.end();
