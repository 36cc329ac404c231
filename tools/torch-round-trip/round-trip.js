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
  const images = fromTorch(io.get('images'));
  const { data: expected } = io.get('logits');
  const [, height, width] = images.shape;
  const model = create().classifier({ inputShape: [height, width, 3] });
  for (const format of FORMATS) {
    forget(model);
    const start = performance.now();
    const dict = await readStateDict(join(folder, `${name}.${format}`));
    const read = performance.now();
    const { loaded } = loadStateDict(model, dict);
    const done = performance.now();
    const logits = model.predict(images);
    const difference = largest(logits.dataSync().map((value, i) => value - expected[i]));
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

/** NaN in every weight, so that each format has to bring all of them. */
function forget(model) {
  tidy(() => model.setWeights(model.weights.map(({ shape }) => fill(shape, Number.NaN))));
}

/** [B,C,H,W] → [B,H,W,C] */
function fromTorch({ data, shape }) {
  return tidy(() => transpose(tensor(data, shape), [0, 2, 3, 1]));
}

function largest(values) {
  return values.reduce((most, value) => (Math.abs(value) <= most ? most : Math.abs(value)), 0);
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
