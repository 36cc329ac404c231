import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadStateDict } from '@fbsd/backbones';
import { selectBackend } from '@fbsd/cli';
import { fbsd } from '@fbsd/fbsd';
import { parameter, signal, toNHWC } from '@fbsd/testing';
import { SGD, trainStep } from '@fbsd/trainer';
import { dispose, tensor1d } from '@tensorflow/tfjs-core';
import { ENVIRONMENT } from './machine.js';
import { pytorchArguments } from './pytorch.js';

const GOLDENS = ['fbsd_resnet50.json', 'fbsd_densenet161.json'].map((name) =>
  fileURLToPath(new URL(`../../packages/trainer/test/goldens/${name}`, import.meta.url)),
);
const SMALL = /** @type {const} */ ({ arch: 'mini', classes: 10, batch: 16, size: 96, steps: 2 });
/** Of each loss; the second step's also holds gradients and update, through which rounding grows. */
const TOLERANCES = [1e-4, 1e-3];

/**
 * Holds the PyTorch side to the goldens of the published code, then the small network's losses here
 * to those of PyTorch, from the same generated weights and images.
 *
 * @param {string} python
 * @param {readonly import('./flags.js').BackendName[]} backends
 * @returns {Promise<boolean>} whether all is well
 */
export async function check(python, backends) {
  let passed = true;
  for (const golden of GOLDENS) {
    console.log(basename(golden));
    const checked = spawnSync(python, pytorchArguments('--check', golden), { stdio: 'inherit' });
    passed &&= checked.status === 0;
  }
  const reference = pytorchLosses(python);
  for (const name of backends) {
    const { description } = await selectBackend(name);
    const losses = await ourLosses(reference.shapes);
    for (const [step, expected] of reference.losses.entries()) {
      const actual = /** @type {readonly number[]} */ (losses[step]);
      const errors = expected.map((value, i) => Math.abs(Number(actual[i]) / value - 1));
      const ok = errors.every((error) => error <= Number(TOLERANCES[step])); // not so for NaN
      passed &&= ok;
      console.log(
        `${ok ? 'ok  ' : 'FAIL'} mini, ${description}, step ${step}: losses ${text(actual)}, ` +
          `PyTorch's ${text(expected)}, off by ${Math.max(...errors).toExponential(1)}`,
      );
    }
  }
  return passed;
}

/**
 * @param {string} python
 * @returns {{shapes: Record<string, number[]>, losses: number[][]}}
 */
function pytorchLosses(python) {
  const { status, stdout, stderr } = spawnSync(
    python,
    pytorchArguments('--losses', JSON.stringify(SMALL)),
    { encoding: 'utf8', env: { ...process.env, ...ENVIRONMENT } },
  );
  if (status !== 0) throw new Error(`the PyTorch side failed: ${stderr.trim()}`);
  return JSON.parse(stdout);
}

/** @param {Record<string, number[]>} shapes of the weights by PyTorch's names */
async function ourLosses(shapes) {
  const { arch, classes, batch, size, steps } = SMALL;
  const model = fbsd({ arch, classes, imageSize: size });
  loadStateDict(model, generated(shapes));
  const optimizer = new SGD(model);
  const labels = tensor1d(
    Array.from({ length: batch }, (_, i) => i % classes),
    'int32',
  );
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const images = toNHWC(signal(`images.${step}`, [batch, 3, size, size]));
    losses.push((await trainStep(model, optimizer, images, labels)).losses);
    images.dispose();
  }
  dispose(labels);
  optimizer.dispose();
  model.dispose();
  return losses;
}

/**
 * @param {Record<string, number[]>} shapes
 * @returns {Map<string, import('@fbsd/backbones').StateTensor>}
 */
function generated(shapes) {
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const data = /** @type {Float32Array<ArrayBuffer>} */ (parameter(name, shape).data);
      return [name, { dtype: 'float32', shape, data }];
    }),
  );
}

/** @param {readonly number[]} values */
function text(values) {
  return values.map((value) => value.toFixed(5)).join(' ');
}
