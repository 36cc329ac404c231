import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { run } from '../../../workspace/command.js';
import { ROOT } from '../../../workspace/repository.js';

/**
 * @typedef {object} Budget of one package, in bytes
 * @property {readonly string[]} dependencies all that it may depend on
 * @property {number} packed the tarball
 * @property {number} unpacked
 * @property {Record<string, number>} bundled minified and gzipped, without tfjs: an entry as a
 *   whole, one export alone, or `import` for the bare import that registers the layers
 */

const FILE = fileURLToPath(new URL('../../budget.json', import.meta.url));
/** How much more than now a new budget allows. */
const SLACK = 1.1;
const STEP = 50;

/** @returns {Promise<Record<string, Budget>>} by package */
export async function readBudget() {
  return JSON.parse(await readFile(FILE, 'utf8'));
}

/**
 * Holds sizes against the budget.
 *
 * @param {import('../results.js').Results} results
 * @param {string} name of the package
 * @param {Budget | undefined} budget
 * @param {Omit<Budget, 'dependencies'>} sizes
 */
export async function checkSizes(results, name, budget, sizes) {
  await results.check(name, 'sizes within budget', () => {
    if (!budget) {
      throw new Error(
        'no budget. Run `node tools/consumer-check/main.js --write-budget`, and look at what it wrote.',
      );
    }
    /** @type {Record<string, number>} */
    const found = { packed: sizes.packed, unpacked: sizes.unpacked, ...sizes.bundled };
    /** @type {Record<string, number>} */
    const allowed = { packed: budget.packed, unpacked: budget.unpacked, ...budget.bundled };
    const over = Object.entries(allowed)
      .filter(([what, most]) => !((found[what] ?? Number.NaN) <= most))
      .map(([what, most]) => `${what}: ${found[what]} B, at most ${most} B`);
    if (over.length > 0) throw new Error(over.join('\n'));
  });
}

/**
 * The sizes as a table.
 *
 * @param {ReadonlyMap<string, Omit<Budget, 'dependencies'>>} sizes by package
 * @returns {string}
 */
export function sizeTable(sizes) {
  const kilo = (/** @type {number | undefined} */ bytes) =>
    bytes === undefined ? '–' : (bytes / 1000).toFixed(1);
  const rows = [...sizes].map(([name, { packed, unpacked, bundled }]) => [
    name,
    ...[packed, unpacked, bundled[name], bundled['import']].map(kilo),
  ]);
  const table = [['kB', 'packed', 'unpacked', 'min+gzip', 'bare import'], ...rows];
  return table
    .map(([name, ...cells]) => String(name).padEnd(20) + cells.map((c) => c.padStart(14)).join(''))
    .join('\n');
}

/**
 * Writes a budget from what was measured; entries that are there keep what they name.
 *
 * @param {Record<string, Budget>} old
 * @param {ReadonlyMap<string, Omit<Budget, 'dependencies'>>} sizes
 * @param {readonly import('../../../workspace/repository.js').Package[]} packages
 */
export async function writeBudget(old, sizes, packages) {
  const allow = (/** @type {number} */ bytes) => Math.ceil((bytes * SLACK) / STEP) * STEP;
  const budget = Object.fromEntries(
    packages.map(({ manifest }) => {
      const measured = sizes.get(manifest.name);
      if (!measured) return [manifest.name, old[manifest.name]];
      const { packed, unpacked, bundled } = measured;
      const known = old[manifest.name]?.bundled ?? { [manifest.name]: 0, import: 0 };
      const named = Object.keys(known).filter((what) => what in bundled);
      const entry = {
        dependencies: Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }),
        packed: allow(packed),
        unpacked: allow(unpacked),
        bundled: Object.fromEntries(named.map((what) => [what, allow(bundled[what] ?? 0)])),
      };
      return [manifest.name, entry];
    }),
  );
  await writeFile(FILE, `${JSON.stringify(budget, null, 2)}\n`);
  await run('npx', ['biome', 'format', '--write', FILE], ROOT); // as lint wants it
}
