import { fbsd } from '@fbsd/fbsd';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { env, setBackend } from '@tensorflow/tfjs-core';
import { type Preprocessing, preprocessingOf } from '../../src/classify/preprocessing.ts';
import { readClassNames, readPreprocessing } from '../../src/classify/read-preprocessing.ts';

env().set('PROD', true);
beforeAll(() => setBackend('cpu'));

const flat = (shape: (number | null)[]) => {
  const images = input({ shape });
  return model({
    inputs: images,
    outputs: layers.globalAveragePooling2d({}).apply(images) as SymbolicTensor,
  });
};
const written = (side: number) =>
  JSON.parse(JSON.stringify(preprocessingOf(flat([side, side, 3]))));

describe('preprocessingOf', () => {
  test('gives sizes, crop, scaling and outputs of the published training', () => {
    expect(preprocessingOf(flat([448, 448, 3]))).toMatchObject({
      version: 1,
      resize: { width: 550, height: 550, filter: 'bilinear', antialias: true },
      crop: { left: 51, top: 51, width: 448, height: 448 },
      channels: 'RGB',
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      labels: 'labels.json',
    });
  });

  test('names the heads, and says all of it in words', () => {
    const network = fbsd({
      arch: 'mini',
      classes: 3,
      imageSize: 65,
      convWidths: [4, 4],
      hiddenUnits: 4,
    });
    const { outputs, description } = preprocessingOf(network);
    expect(outputs.heads).toEqual(['level 1', 'level 2', 'level 3', 'concat']);
    expect(description).toContain('Resize the whole picture to 80×80');
    expect(description).toContain('from column 8 and row 8'); // a margin of 7.5, rounded to even
    expect(description).toContain('(byte/255 − 0.5)/0.5 as float32 [batch,65,65,3]');
    network.dispose();
  });

  test.each([[[64, 32, 3]], [[64, 64, 1]], [[null, null, 3]]])('refuses images %j', (shape) => {
    expect(() => preprocessingOf(flat(shape))).toThrow(/square images \[null,S,S,3\]; got \[null,/);
  });
});

describe('readPreprocessing', () => {
  test('reads what was written', () => {
    expect(readPreprocessing(written(96), 'file')).toEqual(preprocessingOf(flat([96, 96, 3])));
  });

  test('a later version is told to need a later package', () => {
    expect(() => readPreprocessing({ ...written(96), version: 2 }, 'x.json')).toThrow(
      'x.json is of version 2, and this package reads version 1. Update',
    );
  });

  const changed = (change: Record<string, unknown>) => ({ ...written(96), ...change });
  test.each<[unknown, string]>([
    [null, 'version must be 1; got undefined'],
    [[], 'version must be 1'],
    [{ version: 1 }, 'resize.filter must be "bilinear"; got undefined'],
    [changed({ version: 'one' }), 'version must be 1; got "one"'],
    [changed({ channels: 'BGR' }), 'channels must be "RGB"; got "BGR"'],
    [changed({ layout: 'NCHW' }), 'layout must be "NHWC"'],
    [
      changed({ layout: 'NCHW', type: 'uint8' }),
      'describes an exported file for other runtimes, which takes "NCHW" of "uint8", not a model of TensorFlow.js.',
    ],
    [changed({ resize: { ...written(96).resize, filter: 'bicubic' } }), 'resize.filter must be'],
    [
      changed({ resize: { ...written(96).resize, width: 1e9, height: 2 } }),
      'resize.height must be',
    ],
    [changed({ resize: { ...written(96).resize, width: 0.5 } }), 'resize.width must be a whole'],
    [changed({ crop: undefined }), 'crop.width must be a whole number of pixels, at most 118'],
    [
      changed({ crop: { left: 23, top: 0, width: 96, height: 96 } }),
      'crop.left must be a whole number from 0 to 22; got 23',
    ],
    [changed({ crop: { left: 0, top: -1, width: 96, height: 96 } }), 'crop.top must be'],
    [changed({ crop: { left: 0, top: 0, width: 96, height: 95 } }), 'crop.height must be 96'],
    [changed({ mean: [0.5, 0.5] }), 'mean must be three numbers; got [0.5,0.5]'],
    [changed({ std: [0.5, 0, 0.5] }), 'std must be three numbers other than 0'],
    [changed({ std: ['a', 1, 1] }), 'std must be three numbers'],
    [changed({ labels: '../labels.json' }), 'labels must be the name of a file beside it'],
    [changed({ labels: '..' }), 'labels must be'],
    [changed({ labels: 'https://elsewhere' }), 'labels must be'],
    [changed({ outputs: 7 }), 'outputs.values must be "logits"'],
  ])('refuses %#', (json, message) => {
    expect(() => readPreprocessing(json, 'x.json')).toThrow(`[@fbsd/trainer] x.json: ${message}`);
  });
});

test('readClassNames wants a name for each class', () => {
  expect(readClassNames(['a', 'b'], 2, 'l.json')).toEqual(['a', 'b']);
  expect(() => readClassNames(['a'], 2, 'l.json')).toThrow(
    "the model's 2 classes; got a list of 1",
  );
  expect(() => readClassNames([1, 2], 2, 'l.json')).toThrow('l.json: expected the names');
  expect(() => readClassNames({ a: 1 }, 2, 'l.json')).toThrow('got {"a":1}');
});

/** So that a description in words cannot say other numbers than the fields. */
test('the words say what the fields say', () => {
  const { description, resize, crop, mean, std } = written(224) as Preprocessing;
  const numbers = new Set(description.match(/\d+(\.\d+)?/g)?.map(Number));
  for (const value of [resize.width, crop.left, crop.width, mean[0], std[0]]) {
    expect(numbers).toContain(value);
  }
});
