// TensorFlow.js's side of the round trip: see README.md.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { densenet161, loadStateDict, resnet50, saveStateDict, stateDict } from '@fbsd/backbones';
import { accelerate } from '@fbsd/kernels';
import { readStateDict, writeStateDict } from '@fbsd/torch-weights/node';
import { env, fill, setBackend, tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';

const TOLERANCE = 1e-4; // of the largest logit
const MODELS = { resnet50, densenet161 };
const FORMATS = ['zip.pth', 'legacy.pth', 'torch.safetensors'];

const folder = process.argv[2];
if (!folder) throw new Error('usage: node round-trip.js FOLDER, as torch_models.py wrote it');

env().set('PROD', true);
await setBackend('wasm');
accelerate();

for (const [name, create] of Object.entries(MODELS)) {
  const io = await readStateDict(join(folder, `${name}.io.pth`));
  const images = fromTorch(find(io, 'images'));
  const expected = numbers(find(io, 'logits'));
  const [, height = 0, width = 0] = images.shape;
  const model = create().classifier({ inputShape: [height, width, 3] });
  for (const format of FORMATS) {
    forget(model);
    const start = performance.now();
    const dict = await readStateDict(join(folder, `${name}.${format}`));
    const read = performance.now();
    const { loaded } = loadStateDict(model, dict);
    const done = performance.now();
    const logits = /** @type {import('@tensorflow/tfjs-core').Tensor} */ (model.predict(images));
    const computed = logits.dataSync();
    const difference = largest(Array.from(expected, (value, i) => value - Number(computed[i])));
    logits.dispose();
    const relative = difference / largest(expected);
    console.log(
      `${name}.${format}: ${loaded.length} tensors, read in ${seconds(read - start)}, loaded in ` +
        `${seconds(done - read)}; logits differ by ${difference.toExponential(1)}, ` +
        `${relative.toExponential(1)} of the largest`,
    );
    if (!(relative <= TOLERANCE)) throw new Error(`more than ${TOLERANCE}`);
  }
  await writeFile(join(folder, `${name}.saved.safetensors`), await saveStateDict(model));
  await writeStateDict(join(folder, `${name}.saved.pth`), await stateDict(model));
  images.dispose();
  model.dispose();
}

const everyDtype = await readStateDict(join(folder, 'dtypes.zip.pth'));
await writeStateDict(join(folder, 'dtypes.saved.pth'), everyDtype);
await writeStateDict(join(folder, 'dtypes.saved.safetensors'), everyDtype);
console.log(`dtypes: ${everyDtype.size} tensors`);

/**
 * NaN in every weight, so that each format has to bring all of them.
 *
 * @param {import('@tensorflow/tfjs-layers').LayersModel} model
 */
function forget(model) {
  tidy(() =>
    model.setWeights(
      model.weights.map(({ shape }) => fill(/** @type {number[]} */ (shape), Number.NaN)),
    ),
  );
}

/**
 * @param {import('@fbsd/backbones').StateDict} dict
 * @param {string} name
 */
function find(dict, name) {
  const found = dict.get(name);
  if (!found) throw new Error(`no ${name}: write the folder anew with torch_models.py`);
  return found;
}

/**
 * [B,C,H,W] → [B,H,W,C]
 *
 * @param {import('@fbsd/backbones').StateTensor} torch
 */
function fromTorch(torch) {
  return tidy(() => transpose(tensor(numbers(torch), [...torch.shape]), [0, 2, 3, 1]));
}

/** @param {import('@fbsd/backbones').StateTensor} torch */
function numbers({ data }) {
  if (!(data instanceof Float32Array)) throw new TypeError('images and logits are float32');
  return data;
}

/** @param {ArrayLike<number>} values */
function largest(values) {
  return Array.from(values).reduce(
    (most, value) => (Math.abs(value) <= most ? most : Math.abs(value)),
    0,
  );
}

/** @param {number} milliseconds */
function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
