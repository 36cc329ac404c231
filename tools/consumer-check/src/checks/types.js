import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from '../../../workspace/command.js';
import { entries, ROOT } from '../../../workspace/repository.js';

/** The TypeScript of this repository, and the last one that was written in JavaScript. */
const COMPILERS = [ROOT, join(ROOT, 'docs')].map((folder) => {
  const manifest = createRequire(join(folder, 'package.json')).resolve('typescript/package.json');
  return join(dirname(manifest), 'bin/tsc');
});

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
  skipLibCheck: true, // tfjs's own declarations do not pass
};

/** An error in a declaration of this repository's, as the compiler reports it. */
const OWN_FAULT = /^(?:.*\/)?node_modules\/@fbsd\/\S+\.d\.ts\(.*error.*$/m;

/**
 * The declarations of a package compile in a strict project, in both ways of resolving modules, and have no error
 * of their own without `skipLibCheck` either.
 *
 * @param {import('../results.js').Results} results
 * @param {import('../../../workspace/repository.js').Package} published
 * @param {string} folder where it is installed
 * @param {string} oldest the compiler of {@link installOldest}
 */
export async function checkTypes(results, { manifest }, folder, oldest) {
  const all = entries(manifest).map((entry) => `export * as a${id(entry)} from '${entry}';`);
  await writeFile(join(folder, 'types.ts'), all.join('\n'));
  for (const resolution of RESOLUTIONS) {
    const { moduleResolution } = resolution;
    await results.check(manifest.name, `TypeScript strict, ${moduleResolution}`, async () => {
      const project = join(folder, `tsconfig.${moduleResolution}.json`);
      const compilerOptions = { ...STRICT, ...resolution };
      await writeFile(project, JSON.stringify({ compilerOptions, files: ['types.ts'] }));
      const versions = [];
      for (const compiler of [...COMPILERS, oldest]) {
        const trace = await run(
          process.execPath,
          [compiler, '-p', project, '--traceResolution'],
          folder,
        );
        // `skipLibCheck` is silent about declarations that import what is not published.
        const missing = trace.match(/Module name '@fbsd\/[^']+' was not resolved/);
        if (missing) throw new Error(missing[0]);
        await requireNoFaults(compiler, project, folder);
        versions.push((await run(process.execPath, [compiler, '--version'], folder)).trim());
      }
      return versions.map((version) => version.replace('Version ', '')).join(', ');
    });
  }
}

/**
 * @param {string} compiler
 * @param {string} project
 * @param {string} folder
 */
async function requireNoFaults(compiler, project, folder) {
  const args = [compiler, '-p', project, '--skipLibCheck', 'false', '--pretty', 'false'];
  const report = await run(process.execPath, args, folder).catch((error) => String(error));
  const fault = report.match(OWN_FAULT);
  if (fault) throw new Error(`without skipLibCheck: ${fault[0]}`);
}

/** @param {string} entry */
const id = (entry) => entry.replaceAll(/\W/g, '_');
