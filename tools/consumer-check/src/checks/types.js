import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from '../../../workspace/command.js';
import { entries, ROOT, readManifest } from '../../../workspace/repository.js';
import { start } from '../start.js';

/** @typedef {import('../../../workspace/repository.js').Package} Package */

const compilerOf = (/** @type {string} */ folder) => {
  const manifest = createRequire(join(folder, 'package.json')).resolve('typescript/package.json');
  return join(dirname(manifest), 'bin/tsc');
};

/** The TypeScript of this repository, and the last one that was written in JavaScript. */
const NEWEST = compilerOf(ROOT);
const IN_JAVASCRIPT = compilerOf(join(ROOT, 'docs'));

/** The oldest one that is supported: the first whose `Uint8Array` is generic, as our declarations have it. */
const OLDEST = '5.7.2';

/**
 * Installs the oldest supported TypeScript, in a folder of its own: here its `tsc` would take the place of this
 * repository's.
 *
 * @param {string} folder a new one
 * @returns {Promise<string>} its compiler
 */
export async function installOldest(folder) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'oldest', private: true }));
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...flags, `typescript@${OLDEST}`], folder);
  return join(folder, 'node_modules/typescript/bin/tsc');
}

const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
];

const STRICT = {
  target: 'es2022',
  lib: ['es2022', 'dom'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  skipLibCheck: false, // which would pass over declarations that import what is not published
};

/** Where tfjs's own declarations and those of other packages begin, whose errors are theirs. */
const FOREIGN = /^\S*node_modules\/(?!@fbsd\/)[^(]+\.d\.[cm]?ts\(/;
/** An error after which a compiler looks no further: of syntax. */
const SYNTAX = /error TS1\d{3}:/;

/**
 * The declarations of a package alone with its peers compile in a strict project, in both ways of resolving modules,
 * without `skipLibCheck`.
 *
 * @param {import('../results.js').Results} results
 * @param {Package} published
 * @param {string} folder where it is installed
 */
export async function checkTypes(results, { manifest }, folder) {
  await checkEntries(results, manifest.name, entries(manifest), folder, [NEWEST]);
}

/**
 * The declarations of all packages compile with older compilers, too. They take long to read tfjs and the DOM: once
 * for all packages. What a package alone would not find is found by {@link checkTypes}.
 *
 * @param {import('../results.js').Results} results
 * @param {readonly Package[]} packages
 * @param {string} folder where all of them are installed
 * @param {string} oldest the compiler of {@link installOldest}
 */
export async function checkTypesTogether(results, packages, folder, oldest) {
  const all = packages.flatMap(({ manifest }) => entries(manifest));
  await checkEntries(results, 'all packages', all, folder, [IN_JAVASCRIPT, oldest]);
}

/**
 * @param {import('../results.js').Results} results
 * @param {string} subject
 * @param {readonly string[]} imported
 * @param {string} folder
 * @param {readonly string[]} compilers
 */
async function checkEntries(results, subject, imported, folder, compilers) {
  const all = imported.map((entry) => `export * as a${id(entry)} from '${entry}';`);
  await writeFile(join(folder, 'types.ts'), all.join('\n'));
  for (const resolution of RESOLUTIONS) {
    const { moduleResolution } = resolution;
    await results.check(subject, `TypeScript strict, ${moduleResolution}`, async () => {
      const project = join(folder, `tsconfig.${moduleResolution}.json`);
      const compilerOptions = { ...STRICT, ...resolution };
      await writeFile(project, JSON.stringify({ compilerOptions, files: ['types.ts'] }));
      for (const compiler of compilers) await requireNoFaults(compiler, project, folder);
      return compilers.map(versionOf).join(', ');
    });
  }
}

/**
 * @param {string} compiler
 * @param {string} project
 * @param {string} folder
 */
async function requireNoFaults(compiler, project, folder) {
  const args = [compiler, '-p', project, '--pretty', 'false'];
  const { code, stdout, stderr } = await start(process.execPath, args, folder);
  const errors = stdout.split('\n').filter((line) => /error TS\d+:/.test(line));
  const ours = errors.filter((line) => SYNTAX.test(line) || !FOREIGN.test(line));
  if (ours.length > 0) throw new Error([versionOf(compiler), ...ours.slice(0, 10)].join('\n'));
  if (code !== 0 && errors.length === 0) throw new Error(`${versionOf(compiler)}: ${stderr}`);
}

/** @param {string} compiler */
const versionOf = (compiler) => readManifest(dirname(dirname(compiler))).version;

/** @param {string} entry */
const id = (entry) => entry.replaceAll(/\W/g, '_');
