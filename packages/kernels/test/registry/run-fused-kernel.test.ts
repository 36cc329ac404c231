import { readFileSync } from 'node:fs';
import { expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { fusedKernel } from '../../src/registry/define-kernels.ts';
import { install } from '../../src/registry/install.ts';
import {
  hasFusedKernel,
  runFusedKernel,
  tryFusedKernel,
} from '../../src/registry/run-fused-kernel.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test('a backend without the kernel: none to try, an error when it is run', () => {
  const x = tf.zeros([2]);
  expect(hasFusedKernel('FbsdTopKMean')).toBe(false);
  expect(tryFusedKernel('FbsdTopKMean', { x }, { k: 1 })).toBeUndefined();
  expect(() => runFusedKernel('FbsdTopKMean', { x }, { k: 1 })).toThrow('FbsdTopKMean');
});

test('a kernel gets the inputs that are there, the attributes and its backend', () => {
  const seen: unknown[] = [];
  const normalize = fusedKernel('FbsdNormalize', (inputs, attrs, backend) => {
    seen.push(Object.keys(inputs), attrs, backend);
    return [tf.clone(inputs.x as tf.Tensor)];
  });
  const installation = install('cpu', { kernels: [normalize] });
  const x = tf.tensor2d([[1, 2]]);
  const [mean, variance, gamma, beta] = [1, 2, 3, 4].map((v) => tf.tensor1d([v, v])) as [
    tf.Tensor1D,
    tf.Tensor1D,
    tf.Tensor1D,
    tf.Tensor1D,
  ];
  const inputs = { x, mean, variance, gamma, beta, residual: undefined };
  const [y] = runFusedKernel('FbsdNormalize', inputs, { epsilon: 1, relu: true });
  expectClose(y, x);
  expect(seen).toEqual([
    ['x', 'mean', 'variance', 'gamma', 'beta'],
    { epsilon: 1, relu: true },
    tf.backend(),
  ]);
  installation.restore();
  expect(hasFusedKernel('FbsdNormalize')).toBe(false);
});

test('a list of inputs stays a list', () => {
  let list: unknown;
  const diversify = fusedKernel('FbsdDiversify', (maps) => {
    list = maps;
    return maps.map((map) => tf.clone(map as tf.Tensor));
  });
  const installation = install('cpu', { kernels: [diversify] });
  const maps = [tf.tensor1d([1]), tf.tensor1d([2])];
  const outputs = runFusedKernel('FbsdDiversify', maps, { factor: 1 });
  expect(list).toEqual(maps);
  expect(outputs.map((output) => output.dataSync()[0])).toEqual([1, 2]);
  installation.restore();
});

test.each(['fbsm-layer', 'fbsd'])('%s has the same rule for second derivatives', (folder) => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const copy = read(`../../../${folder}/src/first-order.ts`);
  expect(copy).toBe(read('../../src/ops/first-order.ts'));
});

test.each(['fbsm-layer', 'fdm-layer', 'topk-pool', 'fbsd'])('%s has the same file', (folder) => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const copy = read(`../../../${folder}/src/run-fused-kernel.ts`);
  expect(copy).toBe(read('../../src/registry/run-fused-kernel.ts'));
});
