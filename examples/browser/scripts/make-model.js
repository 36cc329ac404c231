/*
 * Makes the model that the page opens with, and the birds that it shows: a run of `npm run cub` with its default
 * settings, folded and rounded to 8 bits, and six of its test pictures.
 *
 * Usage: node scripts/make-model.js RUN DATA, the folders of the run and of mini-CUB, as `npm run cub` names them
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTrainedModel } from '@fbsd/cli';
import { loadCub } from '@fbsd/datasets';
import { classifierFiles, compactArtifacts, recordClasses } from '@fbsd/trainer';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';

const BIRDS = 6;
const PUBLIC = fileURLToPath(new URL('../public', import.meta.url));
const [run, data] = process.argv.slice(2);
if (!run || !data) throw new Error('Usage: node scripts/make-model.js RUN DATA');

await setBackend('cpu');
const { model, classNames } = await loadTrainedModel(run);
recordClasses(model, classNames);
const folder = join(PUBLIC, 'model');
await mkdir(folder, { recursive: true });
for (const { name, bytes } of classifierFiles(
  await compactArtifacts(model, { weights: 'uint8' }),
)) {
  await writeFile(join(folder, name), bytes);
}

const { test } = await loadCub(data);
await mkdir(join(PUBLIC, 'birds'), { recursive: true });
for (let label = 0; label < BIRDS; label++) {
  const bird = test.find((sample) => sample.label === label);
  if (bird) await copyFile(bird.path, join(PUBLIC, 'birds', `bird-${label + 1}.jpg`));
}
