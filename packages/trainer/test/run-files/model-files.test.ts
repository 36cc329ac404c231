import { accelerate } from '@fbsd/kernels';
import { recordClasses } from '@fbsd/trainer';
import { writeModelFiles } from '@fbsd/trainer/run-files';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { writeModel } from '../../src/run-files/model-files.ts';
import { writeTensors } from '../../src/run-files/tensor-files.ts';
import { smallModel } from '../support/small-model.ts';

type Files = Record<string, string>;

/** A character for each byte: texts are compared faster than arrays. */
const textOf = (bytes: BufferSource) => new TextDecoder('latin1').decode(bytes);

/** Keeps what is written, at the time. */
function writer(files: Files) {
  return async (name: string, content: Uint8Array | string) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    files[name] = textOf(bytes as Uint8Array<ArrayBuffer>);
  };
}

async function written(model: LayersModel): Promise<Files> {
  const files: Files = {};
  await writeModel(model, writer(files));
  return files;
}

async function savedByTfjs(model: LayersModel): Promise<Files> {
  const files: Files = {};
  await model.save({ save: (artifacts) => writeModelFiles(artifacts, writer(files)) });
  return files;
}

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(async () => {
    tf.env().set('PROD', true);
    await tf.setBackend(backend);
    if (backend === 'wasm') accelerate();
  });

  test('the files of a model are to the byte those that tfjs saves', async () => {
    const model = smallModel();
    const files = await written(model);
    expect(Object.keys(files)).toEqual(['weights.bin', 'model.json']);
    expect(files).toEqual(await savedByTfjs(model));
    recordClasses(model, ['tit', 'robin', 'wren', 'crow', 'jay']);
    const withClasses = await written(model);
    expect(withClasses).toEqual(await savedByTfjs(model));
    expect(withClasses['model.json']).toContain('robin');
    model.dispose();
  });

  test('the file of any tensors is what tfjs encodes', async () => {
    const shared = tf.tensor1d([1.5, -2, Number.NaN]);
    const tensors = [
      { name: 'shared', tensor: shared },
      { name: 'clone', tensor: tf.reshape(shared, [3, 1]) },
      { name: 'whole', tensor: tf.tensor2d([[1, -2, 70000]], [1, 3], 'int32') },
      { name: 'true', tensor: tf.tensor1d([true, false, true], 'bool') },
      { name: 'none', tensor: tf.zeros([0, 4]) },
      ...Array.from({ length: 20 }, (_, i) => ({
        name: `one ${i}`,
        tensor: tf.variable(tf.fill([i + 1, 2], i / 3)),
      })),
    ];
    const files: Files = {};
    const specs = await writeTensors('all.bin', tensors, writer(files));
    const expected = await tf.io.encodeWeights(tensors);
    expect(specs).toEqual(expected.specs);
    expect(files['all.bin']).toBe(textOf(expected.data));
    tf.dispose(tensors.map(({ tensor }) => tensor));
  });
});
