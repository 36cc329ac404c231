import {
  type Preprocessing,
  predict,
  preprocessingOf,
  recordClasses,
  UserError,
  view,
} from '@fbsd/trainer';
import { checkpointFiles, type RunFile, runFiles, writeModelFiles } from '@fbsd/trainer/run-files';
import { loadClassifierFiles, loadModelFiles } from '@fbsd/trainer/web';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { memoryPictures } from '../support/memory-pictures.ts';
import { SIDE, smallModel } from '../support/small-model.ts';

const classNames = ['tit', 'robin', 'wren', 'crow', 'jay'];
const progress = { epoch: 1, step: 3, batch: 3, best: null };
let best: RunFile[];
let last: RunFile[];
let run: RunFile[];

beforeAll(async () => {
  await tf.setBackend('cpu');
  best = await filesOf({});
  last = await filesOf({ parts: [2, 2] });
  run = await runFiles({ config: null, metrics: [], checkpoints: { best, last } });
});

async function filesOf(args: Parameters<typeof smallModel>[0]) {
  const model = smallModel(args);
  const files = await checkpointFiles({ model, velocities: [], progress, classNames });
  model.dispose();
  return files;
}

const below = (folder: string, files: readonly RunFile[]) =>
  files.map(({ path, bytes }) => ({ path: `${folder}${path}`, bytes }));
const asFiles = (files: readonly RunFile[]) =>
  files.map(({ path, bytes }) => {
    const file = new File([bytes as Uint8Array<ArrayBuffer>], path.split('/').at(-1) as string);
    return Object.defineProperty(file, 'webkitRelativePath', { value: path });
  });
const without = (files: readonly RunFile[], ...names: string[]) =>
  files.filter(({ path }) => !names.includes(path.split('/').at(-1) as string));
const changed = (files: readonly RunFile[], name: string, text: string) =>
  files.map((file) =>
    file.path.endsWith(name) ? { ...file, bytes: new TextEncoder().encode(text) } : file,
  );

describe('a model from files', () => {
  test.each<[string, () => Parameters<typeof loadModelFiles>[0], string]>([
    ['a run, of which it is the best', () => run, 'checkpoints/best/'],
    ['a run in a folder', () => below('moths/', run), 'moths/checkpoints/best/'],
    ['a run that a picker gave', () => asFiles(below('moths/', run)), 'moths/checkpoints/best/'],
    ['a checkpoint', () => best, ''],
    [
      'a checkpoint in a ZIP',
      () =>
        best.map(({ path, bytes }) => ({
          path,
          blob: new Blob([bytes as Uint8Array<ArrayBuffer>]),
        })),
      '',
    ],
    ['files with no folder', () => asFiles(best), ''],
  ])('%s', async (_, files, path) => {
    const before = tf.memory().numTensors;
    const loaded = await loadModelFiles(files());
    expect(loaded.path).toBe(path);
    expect(loaded.classNames).toEqual(classNames);
    expect(loaded.preprocessing.crop.width).toBe(SIDE);
    const expected = smallModel();
    const weights = (model: typeof expected) => model.getWeights().map((one) => one.dataSync());
    expect(weights(loaded.model)).toEqual(weights(expected));
    loaded.model.dispose();
    expected.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the last of a run, where there is no best', async () => {
    const { model, path } = await loadModelFiles(run.filter(({ path }) => !path.includes('best')));
    expect(path).toBe('checkpoints/last/');
    model.dispose();
  });

  test('of which no file names classes or tells how pictures are prepared', async () => {
    const bare = without(best, 'labels.json', 'preprocessing.json', 'SHA256SUMS');
    const { model, classNames: names, preprocessing } = await loadModelFiles(bare);
    expect(names).toEqual(['class 1', 'class 2', 'class 3', 'class 4', 'class 5']);
    expect(preprocessing.crop.width).toBe(SIDE);
    model.dispose();
  });

  test('that carries its classes itself', async () => {
    const made = smallModel();
    const preprocessing: Preprocessing = { ...preprocessingOf(made), mean: [0.4, 0.4, 0.4] };
    recordClasses(made, ['a', 'b', 'c', 'd', 'e'], preprocessing);
    const files: RunFile[] = [];
    await made.save({
      save: (artifacts) =>
        writeModelFiles(artifacts, async (path, bytes) => {
          files.push({ path, bytes: bytes as Uint8Array });
        }),
    });
    made.dispose();
    const loaded = await loadModelFiles(files);
    expect(loaded.classNames).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(loaded.preprocessing).toEqual(preprocessing);
    loaded.model.dispose();
  });

  test('names the classes that the trainer names', async () => {
    const { images } = await view(memoryPictures, { path: '2/1' }, { imageSize: SIDE });
    const model = smallModel();
    const [expected] = await predict(model, [images], SIDE, 2);
    model.dispose();
    const classifier = await loadClassifierFiles(run);
    const got = await classifier.classify(await memoryPictures.read({ path: '2/1' }), { top: 2 });
    classifier.dispose();
    expect(got).toEqual(
      expected?.map(({ label, probability }) => ({
        ...{ label, className: classNames[label] },
        probability: expect.closeTo(probability, 5),
      })),
    );
  });

  test.each<[string, () => RunFile[], string]>([
    ['nothing', () => [], 'there is no model among the 0 files: expected a model.json'],
    [
      'no weights',
      () => without(best, 'weights.bin'),
      'weights.bin, which model.json names, is missing',
    ],
    [
      'changed weights',
      () => changed(run, 'best/weights.bin', 'none'),
      'checkpoints/best/weights.bin: expected',
    ],
    [
      'names that were changed',
      () => changed(best, 'labels.json', '["a"]'),
      'labels.json is not as it was written',
    ],
    [
      'too few names',
      () => without(changed(best, 'labels.json', '["a"]'), 'SHA256SUMS'),
      'labels.json: expected 5 class names, one for each class that the model tells apart; got 1',
    ],
    [
      'a graph with a hole',
      () => without(changed(best, 'model.json', graphWithHole()), 'SHA256SUMS'),
      'a layer that there is not',
    ],
    [
      'preprocessing of another version',
      () => without(changed(best, 'preprocessing.json', '{"version":9}'), 'SHA256SUMS'),
      'preprocessing.json is of version 9',
    ],
  ])('%s is refused by name, and leaves nothing behind', async (_, files, message) => {
    const before = tf.memory().numTensors;
    const refused = loadModelFiles(files());
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** What tfjs would look for for ever. */
function graphWithHole(): string {
  const { bytes } = best.find(({ path }) => path === 'model.json') as RunFile;
  const json = JSON.parse(new TextDecoder().decode(bytes));
  json.modelTopology.config.layers.at(-1).inbound_nodes[0][0][0] = 'nobody';
  return JSON.stringify(json);
}
