// Measures inference of one case in ONNX Runtime. Usage: node onnxruntime.js '{"case": …, "threads": 2, "roundSeconds": 0.25, "warmUpSeconds": 5}'
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { serve } from './serve.js';

const EXPORT = fileURLToPath(new URL('./onnx-file.js', import.meta.url));

/** @type {{case: import('./cases.js').NetworkCase, threads: number, roundSeconds: number, warmUpSeconds: number}} */
const {
  case: measured,
  threads,
  roundSeconds,
  warmUpSeconds,
} = JSON.parse(String(process.argv[2]));
const session = await open();
const { batch, size } = measured;
const [input = ''] = session.inputNames;
const shape = [batch, 3, size, size];
const pixels = Float32Array.from({ length: batch * 3 * size * size }, () => 2 * Math.random() - 1);
const images = new Tensor('float32', pixels, shape);

await serve({
  step: async () => predictedClasses(await session.run({ [input]: images }, ['probabilities'])),
  description: `ONNX Runtime, ${threads} threads`,
  roundSeconds,
  warmUpSeconds,
});

/** Makes the file in another process, so that the memory of this one is the runtime's alone. */
async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'fbsd-bench-'));
  try {
    const file = join(folder, 'model.onnx');
    execFileSync(process.execPath, [EXPORT, JSON.stringify(measured), file]);
    return await InferenceSession.create(file, { intraOpNumThreads: threads });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param {InferenceSession.ReturnType} results */
function predictedClasses({ probabilities }) {
  const { data, dims } = /** @type {Tensor} */ (probabilities);
  const values = /** @type {Float32Array} */ (data);
  const [images, classes] = /** @type {[number, number]} */ (dims);
  return Array.from({ length: images }, (_, image) => {
    const own = values.subarray(image * classes, (image + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
}
