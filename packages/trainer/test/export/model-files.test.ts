import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import {
  classifierFiles,
  compactArtifacts,
  type ModelFile,
  modelFiles,
  preprocessingOf,
  readPreprocessing,
  recordClasses,
} from '../../src/index.ts';
import { logitsOf } from '../support/logits.ts';
import { smallModel } from '../support/small-model.ts';

const classNames = ['tit', 'robin', 'wren', 'crow', 'jay'];

/** What plain tfjs makes of files that a server gives out. */
async function served(files: readonly ModelFile[]) {
  const fetchFunc = async (address: string) => {
    const file = files.find(({ name }) => `https://birds.example/model/${name}` === address);
    const bytes = file?.bytes ?? new Uint8Array();
    return {
      ok: file !== undefined,
      json: async () => JSON.parse(new TextDecoder().decode(bytes)),
      arrayBuffer: async () => bytes.buffer,
      headers: new Map([['Content-Type', 'application/octet-stream']]),
    };
  };
  return loadLayersModel(
    tf.io.http('https://birds.example/model/model.json', {
      fetchFunc: fetchFunc as unknown as typeof fetch,
    }),
  );
}

const json = (files: readonly ModelFile[], wanted: string) => {
  const file = files.find(({ name }) => name === wanted);
  return JSON.parse(new TextDecoder().decode(file?.bytes));
};

beforeAll(() => tf.setBackend('cpu'));

test.each(['float32', 'uint8'] as const)(
  'tfjs reads from the files the model of the artifacts, of %s',
  async (weights) => {
    const artifacts = await compactArtifacts(smallModel(), { weights });
    const files = modelFiles(artifacts);
    expect(files.map(({ name }) => name)).toEqual(['weights.bin', 'model.json']);
    const model = await served(files);
    const expected = await loadLayersModel({ load: async () => artifacts });
    expect(logitsOf(model).dataSync()).toEqual(logitsOf(expected).dataSync());
  },
);

test('a compiled model stays one', async () => {
  const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  let files: ModelFile[] = [];
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    files = modelFiles(artifacts);
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  });
  await model.save(handler, { includeOptimizer: true });
  const loaded = await served(files);
  expect(loaded.optimizer?.getClassName()).toBe('SGD');
});

test('of a model with its classes, all that loadClassifier reads', async () => {
  const model = smallModel();
  await expect(compactArtifacts(model, { weights: 'uint8' }).then(classifierFiles)).rejects.toThrow(
    'the model carries no names of classes. Give it them with recordClasses',
  );
  const preprocessing = { ...preprocessingOf(model), labels: 'birds.json' };
  recordClasses(model, classNames, preprocessing);
  const files = classifierFiles(await compactArtifacts(model, { weights: 'uint8' }));
  expect(files.map(({ name }) => name)).toEqual([
    'weights.bin',
    'model.json',
    'labels.json',
    'preprocessing.json',
  ]);
  expect(json(files, 'labels.json')).toEqual(classNames);
  const read = readPreprocessing(json(files, 'preprocessing.json'), 'the file');
  expect(read).toEqual({ ...preprocessing, labels: 'labels.json' });
  expect((await served(files)).outputs).toHaveLength(2);
});
