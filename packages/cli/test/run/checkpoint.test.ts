import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { expectClose, signal, toTensor } from '@fbsd/testing';
import { SGD, trainStep } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-wasm';
import { type Disk, nodeDisk } from '../../src/disk/disk.ts';
import {
  disposeVelocities,
  loadCheckpoint,
  saveCheckpoint,
  tidyCheckpoint,
} from '../../src/run/checkpoint.ts';
import { loadModelFile, modelDirectory } from '../../src/run/model-directory.ts';

const args = {
  arch: 'mini',
  classes: 3,
  imageSize: 65,
  convWidths: [8, 12],
  hiddenUnits: 6,
  seed: 1,
} as const;
const classNames = ['Great Tit', 'Robin', 'Wren'];
const progress = { epoch: 2, step: 7, batch: 3, best: { accuracy: 0.5, epoch: 1 } };

const checkpoint = () => ({
  model,
  velocities: optimizer.velocities(),
  progress,
  classNames,
});

let folder: string;
let model: LayersModel;
let optimizer: SGD;
let images: tf.Tensor4D;
let labels: tf.Tensor1D;

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  accelerate();
  model = fbsd(args);
  optimizer = new SGD(model);
  images = toTensor(signal('checkpoint.images', [3, 65, 65, 3]));
  labels = tf.tensor1d([0, 1, 2], 'int32');
  await trainStep(model, optimizer, images, labels);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('checkpoint', () => {
  test('goes on exactly where it was written', async () => {
    const directory = join(folder, 'last');
    await saveCheckpoint(directory, checkpoint());
    const restored = await loadCheckpoint(directory);
    expect(restored.progress).toEqual(progress);
    expect(restored.classNames).toEqual(classNames);
    const resumed = new SGD(restored.model);
    resumed.setVelocities(restored.velocities);
    disposeVelocities(restored.velocities);

    const before = tf.memory().numTensors;
    const a = await trainStep(model, optimizer, images, labels);
    const b = await trainStep(restored.model, resumed, images, labels);
    expect(tf.memory().numTensors).toBe(before);
    expect(b).toEqual(a);
    const [first, second] = [model, restored.model].map((m) => m.predict(images) as tf.Tensor[]);
    first?.forEach((logits, i) => {
      expectClose(second?.[i] as tf.Tensor, logits, { rtol: 1e-7 });
    });
    tf.dispose([first as tf.Tensor[], second as tf.Tensor[]]);
    resumed.dispose();
    restored.model.dispose();
  });

  test('replaces an older one as a whole and leaves nothing else behind', async () => {
    const directory = join(folder, 'last');
    await saveCheckpoint(directory, checkpoint());
    await saveCheckpoint(directory, {
      ...checkpoint(),
      progress: { ...progress, step: 8 },
    });
    expect(await readdir(folder)).toEqual(['last']);
    const { model: loaded, velocities, progress: found } = await loadCheckpoint(directory);
    expect(found.step).toBe(8);
    disposeVelocities(velocities);
    loaded.dispose();
  });

  test('survives a crash between the two renames', async () => {
    const directory = join(folder, 'last');
    await saveCheckpoint(directory, checkpoint());
    await rename(directory, `${directory}.previous`);
    await mkdir(`${directory}.next`);
    const { model: loaded, velocities, progress: found } = await loadCheckpoint(directory);
    expect(found).toEqual(progress);
    await tidyCheckpoint(directory);
    expect(await readdir(folder)).toEqual(['last']);
    await tidyCheckpoint(join(folder, 'best')); // there is none
    expect(await readdir(folder)).toEqual(['last']);
    disposeVelocities(velocities);
    loaded.dispose();
  });

  test('that cannot be written leaves the one before as it was', async () => {
    const directory = join(folder, 'last');
    await saveCheckpoint(directory, checkpoint());
    const full: Disk = {
      ...nodeDisk,
      async write(path, content) {
        if (path.endsWith('velocities.bin')) throw new Error('ENOSPC: no space left');
        await nodeDisk.write(path, content);
      },
    };
    const later = { ...checkpoint(), progress: { ...progress, step: 8 } };
    const attempt = saveCheckpoint(directory, later, { disk: full });
    await expect(attempt).rejects.toThrow(
      `cannot be written to ${directory}: ENOSPC: no space left. The one before it, if there is one, is whole`,
    );
    expect(await readdir(folder)).toEqual(['last']);
    const { model: loaded, velocities, progress: found } = await loadCheckpoint(directory);
    expect(found.step).toBe(7);
    disposeVelocities(velocities);
    loaded.dispose();
  });

  test('says which directory holds none, or a damaged one', async () => {
    const directory = join(folder, 'last');
    await expect(loadCheckpoint(directory)).rejects.toThrow(`no checkpoint in ${directory}`);
    await saveCheckpoint(directory, checkpoint());
    await writeFile(join(directory, 'model.json'), '{');
    await expect(loadCheckpoint(directory)).rejects.toThrow(
      `${join(directory, 'model.json')} is not as it was written: expected SHA-256 `,
    );
  });

  test.each(['../secret.bin', '/etc/passwd', 'a/../../b', 'C:\\b', '\\b'])(
    'a model.json that names %s beside it is refused',
    async (name) => {
      const file = join(folder, 'model.json');
      const weightsManifest = [{ paths: [name], weights: [] }];
      const modelTopology = { class_name: 'Sequential', config: {} };
      await writeFile(file, JSON.stringify({ modelTopology, weightsManifest }));
      await expect(loadModelFile(file)).rejects.toThrow(
        `${file} names weights outside of its folder: '${name}'`,
      );
    },
  );

  test('its model is a plain tfjs model: summary, predictions', async () => {
    await model.save(modelDirectory(folder));
    const loaded = await loadLayersModel(modelDirectory(folder));
    const lines: string[] = [];
    loaded.summary(120, undefined, (line) => lines.push(String(line)));
    expect(lines.join('\n')).toContain('FbsdFDM');
    const [expected, actual] = [model, loaded].map((m) => m.predict(images) as tf.Tensor[]);
    expected?.forEach((logits, i) => {
      expectClose(actual?.[i] as tf.Tensor, logits, { rtol: 1e-7 });
    });
    tf.dispose([expected as tf.Tensor[], actual as tf.Tensor[]]);
    loaded.dispose();
  });
});
