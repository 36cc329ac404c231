import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transformWithOxc } from 'vite';
import { run } from '../../../workspace/command.js';
import { ROOT } from '../../../workspace/repository.js';
import { drawPhotographs } from '../photographs.js';

/** Files of weights that examples read: torchvision's name of a ResNet and the head of its hash. */
const WEIGHTS = /'((resnet\d+)-[0-9a-f]{8}\.pth)'/g;

/** The folder of photographs that examples train on. */
const PHOTOGRAPHS = 'my-photos';

/**
 * Every block of TypeScript in a README is a program: it passes strict TypeScript without a cast and runs.
 *
 * @param {import('../results.js').Results} results
 * @param {string} subject
 * @param {string} file the README
 * @param {string} folder where what it imports is installed
 */
export async function checkReadme(results, subject, file, folder) {
  const text = await readFile(file, 'utf8');
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => String(code));
  const programs = join(folder, 'node_modules/.cache/readme', subject.replaceAll(/\W/g, '_'));
  await mkdir(programs, { recursive: true });
  for (const [i, code] of blocks.entries()) {
    await results.check(subject, `README, example ${i + 1}`, async () => {
      const written = code.replaceAll(/^import .*$|\/\/.*$/gm, '');
      const cast = written.match(/\bas (?!const\b)\w+|\w\)?!(?=[;,.)])/);
      if (cast) throw new Error(`it needs a cast: ${cast[0]}`);
      const program = join(programs, `${i + 1}.ts`);
      await writeFile(program, code);
      await run(process.execPath, [TSC, ...STRICT, program], folder);
      for (const [, name, backbone] of code.matchAll(WEIGHTS)) {
        await writeFile(join(folder, 'weights.mjs'), makeWeights(String(backbone), String(name)));
        await run(process.execPath, ['weights.mjs'], folder);
      }
      if (code.includes(`'${PHOTOGRAPHS}'`)) {
        await rm(join(folder, PHOTOGRAPHS), { recursive: true, force: true });
        await drawPhotographs(join(folder, PHOTOGRAPHS));
      }
      if (code.includes("'@fbsd/mpi'") && !isMpiThere()) return;
      const javascript = await transformWithOxc(code, program);
      await writeFile(program.replace(/ts$/, 'mjs'), javascript.code);
      await run(process.execPath, [program.replace(/ts$/, 'mjs')], folder);
    });
  }
  if (blocks.length === 0) {
    await results.check(subject, 'README', () => {
      throw new Error(`${file} has no \`\`\`ts example`);
    });
  }
}

/** Whether the system has an MPI, which is none of npm's packages. */
function isMpiThere() {
  return spawnSync('mpirun', ['--version']).status === 0;
}

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const STRICT = [
  ...['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--types', ''],
  ...['--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes'],
  ...['--target', 'es2022', '--lib', 'es2023,dom', '--module', 'nodenext'],
];

/** @param {string} backbone @param {string} name */
const makeWeights = (backbone, name) => `
import { writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { ${backbone}, saveStateDict } from '@fbsd/backbones';
await setBackend('wasm');
const model = ${backbone}().classifier({ inputShape: [224, 224, 3] });
await writeFile('${name}', await saveStateDict(model));
`;
