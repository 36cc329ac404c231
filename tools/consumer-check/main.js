#!/usr/bin/env node
// Packs what would be published, installs it in new folders, and uses it as its users will.
// Usage: npm run consumer-check [-- FLAGS]; or, built before: node tools/consumer-check/main.js [FLAGS]
//   --write-budget   measures sizes, without the browser, and writes 10% more into budget.json
//   --only NAME      checks this alone: a package as @fbsd/trainer, or command-line, browser, threads, training, classifier, data; may be repeated
//   --counts FILE    writes how many checks passed, failed and were skipped, as JSON
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publishedPackages, ROOT } from '../workspace/repository.js';
import { checkBrowser, PARTS } from './src/checks/browser.js';
import { checkBundle } from './src/checks/bundle.js';
import { checkCommandLine } from './src/checks/command-line.js';
import { checkNode } from './src/checks/node.js';
import { checkPackage } from './src/checks/package.js';
import { checkReadme } from './src/checks/readme.js';
import { checkSizes, readBudget, sizeTable, writeBudget } from './src/checks/sizes.js';
import { checkTypes, checkTypesTogether, installOldest } from './src/checks/types.js';
import { checkWithoutNode } from './src/checks/without-node.js';
import { install, pack, withDependencies } from './src/consumer.js';
import { Results } from './src/results.js';

const BACKENDS = ['cpu', 'wasm', 'webgl', 'webgpu'].map(
  (name) => `@tensorflow/tfjs-backend-${name}`,
);

const COMMAND_LINE = 'command-line';
const { values: flags } = parseArgs({
  options: {
    'write-budget': { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    counts: { type: 'string' },
  },
});
const { 'write-budget': writesBudget, only } = flags;
/** @param {string} name of a package, or a part */
const wanted = (name) => only.length === 0 || only.includes(name);
const results = new Results();
/** @type {string[]} what is found meanwhile */
const reported = [];
const inBrowser = new Results((line) => reported.push(line));
const packages = publishedPackages();
const names = [...packages.map(({ manifest }) => manifest.name), COMMAND_LINE, ...PARTS];
const unknown = only.find((name) => !names.includes(name));
if (unknown) throw new RangeError(`--only ${unknown}: expected one of ${names.join(', ')}`);
const inParts = !writesBudget && PARTS.some(wanted);
const budget = await readBudget();
const folder = await mkdtemp(join(tmpdir(), 'fbsd-consumer-'));
try {
  const tarballs = await pack(packages, folder);
  const together = join(folder, 'together');
  await install(together, packages, tarballs, BACKENDS);
  await Promise.all([
    inParts && checkBrowser(inBrowser, packages, together, wanted),
    checkEach(tarballs, together),
  ]);
  console.log(reported.join('\n'));
} finally {
  await rm(folder, { recursive: true, force: true });
}
const passed = results.passed + inBrowser.passed;
const failed = results.failed + inBrowser.failed;
const skipped = results.skipped + inBrowser.skipped;
if (flags.counts) await writeFile(flags.counts, JSON.stringify({ passed, failed, skipped }));
console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * Each package alone, with nothing but its peers, and what its README shows; then all of them together.
 *
 * @param {ReadonlyMap<string, import('./src/consumer.js').Tarball>} tarballs
 * @param {string} together where all packages and backends are installed
 */
async function checkEach(tarballs, together) {
  const sizes = new Map();
  for (const published of packages) {
    const { name } = published.manifest;
    if (!wanted(name)) continue;
    const alone = join(folder, name);
    const tarball = /** @type {import('./src/consumer.js').Tarball} */ (tarballs.get(name));
    await install(alone, withDependencies(published, packages), tarballs);
    await checkPackage(results, published, tarball, budget[name]?.dependencies ?? []);
    await checkWithoutNode(results, published, alone);
    await checkNode(results, published, alone);
    await checkTypes(results, published, alone);
    const bundled = await checkBundle(results, published, alone);
    sizes.set(name, { packed: tarball.size, unpacked: tarball.unpackedSize, bundled });
    await checkSizes(results, name, budget[name], sizes.get(name));
    await checkReadme(results, name, join(published.folder, 'README.md'), together);
  }
  const chosen = packages.filter(({ manifest }) => wanted(manifest.name));
  if (chosen.length > 0) {
    const oldest = await installOldest(join(folder, 'oldest-typescript'));
    await checkTypesTogether(results, chosen, together, oldest);
  }
  if (!writesBudget && wanted(COMMAND_LINE)) {
    await checkCommandLine(results, packages, tarballs, join(folder, COMMAND_LINE));
  }
  if (only.length === 0) {
    await checkReadme(results, 'the repository', join(ROOT, 'README.md'), ROOT);
  }
  if (sizes.size > 0) console.log(`\n${sizeTable(sizes)}\n`);
  if (writesBudget) await writeBudget(budget, sizes, packages);
}
