import { foldBatchNorms } from '@fbsd/backbones';
import { markNewLayers, newWeightNames } from '@fbsd/fbsd';
import '@fbsd/testing'; // with its backends
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import {
  Classifier,
  classifierOf,
  compactArtifacts,
  preprocessingOf,
  recordClasses,
  UserError,
} from '../../src/index.ts';
import { CLASSES, smallModel } from '../support/small-model.ts';

const classNames = ['tit', 'robin', 'wren', 'crow', 'jay'];
const picture = {
  data: Uint8Array.from({ length: 20 * 15 * 3 }, (_, i) => (i * i * 7) % 256),
  width: 20,
  height: 15,
};
const decode = async (name: string) => {
  if (name === 'a') return picture;
  throw new Error(`there is no ${name}`);
};

/** Keeps a model as IndexedDB does: JSON, and the bytes of the weights. */
function memoryHandler(): tf.io.IOHandler {
  let json = '';
  let bytes = new ArrayBuffer(0);
  return {
    async save({ weightData, ...artifacts }) {
      json = JSON.stringify(artifacts);
      bytes = tf.io.CompositeArrayBuffer.join(weightData);
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    },
    load: async () => ({ ...JSON.parse(json), weightData: bytes }),
  };
}

async function savedAndLoaded(model: LayersModel): Promise<LayersModel> {
  const handler = memoryHandler();
  await model.save(handler);
  return loadLayersModel(handler);
}

beforeAll(() => tf.setBackend('cpu'));

test('a model carries its classes and preprocessing wherever it is saved', async () => {
  const model = smallModel();
  const preprocessing = {
    ...preprocessingOf(model),
    mean: [0.1, 0.2, 0.3] as [number, number, number],
  };
  recordClasses(model, classNames, preprocessing);
  const usual = new Classifier({ model, classNames, preprocessing, decode });
  const expected = await usual.classify('a');
  expect(expected).toHaveLength(CLASSES);

  const loaded = await savedAndLoaded(await savedAndLoaded(model));
  const classifier = classifierOf(loaded, decode);
  loaded.dispose();
  expect(classifier.classNames).toEqual(classNames);
  expect(classifier.preprocessing).toEqual(preprocessing);
  expect(await classifier.classify('a')).toEqual(expected);
  await expect(classifier.classify('b')).rejects.toThrow('there is no b');
});

test('so do what is made of it for inference, folded or compact', async () => {
  const model = smallModel();
  recordClasses(model, classNames);
  const artifacts = await compactArtifacts(model, { weights: 'uint16' });
  const compact = await loadLayersModel({ load: async () => artifacts });
  for (const copy of [foldBatchNorms(model), compact]) {
    const [best] = await classifierOf(copy, decode).classify('a', { top: 1 });
    expect(classNames).toContain(best?.className);
  }
});

test('by default pictures are prepared as the trainer does', () => {
  const model = smallModel();
  recordClasses(model, classNames);
  expect(classifierOf(model, decode).preprocessing).toEqual(preprocessingOf(model));
});

test('what else is recorded stays', () => {
  const model = smallModel();
  markNewLayers(model, ['first']);
  const before = newWeightNames(model);
  recordClasses(model, ['old', 'names', 'of', 'these', 'classes']);
  recordClasses(model, classNames);
  expect(newWeightNames(model)).toEqual(before);
  expect(classifierOf(model, decode).classNames).toEqual(classNames);
});

test('refuses what does not fit, nothing recorded and damage', () => {
  const model = smallModel();
  expect(() => recordClasses(model, ['tit'])).toThrow(
    'recordClasses: the model knows 5 classes; got 1 names',
  );
  const none = () => classifierOf(model, decode);
  expect(none).toThrow(UserError);
  expect(none).toThrow(`the model '${model.name}' carries no names of classes`);

  const preprocessing = preprocessingOf(model);
  const damaged = (fbsdClasses: object) => () => {
    model.setUserDefinedMetadata({ fbsdClasses });
    classifierOf(model, decode);
  };
  expect(damaged({ classNames, preprocessing })).not.toThrow();
  expect(damaged({ classNames: ['tit'], preprocessing })).toThrow(UserError);
  expect(damaged({ classNames: [1, 2, 3, 4, 5], preprocessing })).toThrow(
    "expected the names of the model's 5 classes; got a list of 5",
  );
  expect(damaged({ classNames, preprocessing: { ...preprocessing, layout: 'NCHW' } })).toThrow(
    `the model '${model.name}': layout must be "NHWC"`,
  );
});
