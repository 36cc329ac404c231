import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from '../../../workspace/command.js';
import { entries, ROOT } from '../../../workspace/repository.js';

/** The TypeScript of this repository, and the last one that was written in JavaScript. */
const COMPILERS = [ROOT, join(ROOT, 'docs')].map((folder) => {
  const manifest = createRequire(join(folder, 'package.json')).resolve('typescript/package.json');
  return join(dirname(manifest), 'bin/tsc');
});

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

/**
 * The declarations of a package compile in a strict project, in both ways of resolving modules.
 *
 * @param {import('../results.js').Results} results
 * @param {import('../../../workspace/repository.js').Package} published
 * @param {string} folder where it is installed
 */
export async function checkTypes(results, { manifest }, folder) {
  const all = entries(manifest).map((entry) => `export * as a${id(entry)} from '${entry}';`);
  await writeFile(join(folder, 'types.ts'), all.join('\n'));
  for (const resolution of RESOLUTIONS) {
    const { moduleResolution } = resolution;
    await results.check(manifest.name, `TypeScript strict, ${moduleResolution}`, async () => {
      const project = join(folder, `tsconfig.${moduleResolution}.json`);
      const compilerOptions = { ...STRICT, ...resolution };
      await writeFile(project, JSON.stringify({ compilerOptions, files: ['types.ts'] }));
      const versions = [];
      for (const compiler of COMPILERS) {
        const trace = await run(
          process.execPath,
          [compiler, '-p', project, '--traceResolution'],
          folder,
        );
        // `skipLibCheck` is silent about declarations that import what is not published.
        const missing = trace.match(/Module name '@fbsd\/[^']+' was not resolved/);
        if (missing) throw new Error(missing[0]);
        versions.push((await run(process.execPath, [compiler, '--version'], folder)).trim());
      }
      return versions.map((version) => version.replace('Version ', '')).join(', ');
    });
  }
}

/** @param {string} entry */
const id = (entry) => entry.replaceAll(/\W/g, '_');
