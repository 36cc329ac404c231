// Damages files in many ways, from a seed, and has readers read them: each case must end in a right result or in a
// message for people, within bounded time and memory, and without a look outside of its folder.
// Usage: npm run build && node tools/checks/fuzz/run.js [READER …] [--cases 10000] [--seed 1] [--from 0] [--keep FOLDER]
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.js';
import { READERS } from './readers.js';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    keep: { type: 'string' },
  },
});
const [cases, from] = [Number(flags.cases), Number(flags.from)];
const unknown = positionals.filter((name) => !Object.hasOwn(READERS, name));
if (unknown.length > 0 || !(Number.isInteger(cases) && cases > 0 && Number.isInteger(from))) {
  console.error(
    `Expected readers of ${Object.keys(READERS).join(', ')}, and whole numbers as --cases and --from; got ${process.argv.slice(2).join(' ')}.`,
  );
  process.exit(2);
}

let failed = false;
for (const reader of positionals.length > 0 ? positionals : Object.keys(READERS)) {
  const began = performance.now();
  const onFault = (/** @type {string} */ fault) => console.log(`${reader}: ${fault}`);
  const options = { cases, from, seed: flags.seed, keep: flags.keep, onFault };
  const { read, refused, faults, slowest, memory } = await fuzz(reader, options);
  failed ||= faults > 0;
  console.log(
    `${reader}: ${cases} cases of seed ${flags.seed}: ${read} read, ${refused} refused, ${faults} faults; slowest ` +
      `${slowest} ms, ${memory} MB, ${Math.round((performance.now() - began) / 1000)} s in all`,
  );
}
process.exitCode = failed ? 1 : 0;
