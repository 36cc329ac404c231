import { describeBackends } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { diversify, fdm } from '../src/index.ts';

const sizes = [4, 3, 2];

describeBackends('FDM within a model', () => {
  const inputs = sizes.map((size) => input({ shape: [size, size, 5] }));
  const outputs = fdm()
    .apply(inputs)
    .map((map) => layers.globalAveragePooling2d({}).apply(map));
  const net = model({ inputs, outputs: outputs as SymbolicTensor[] });
  let maps: tf.Tensor4D[];
  beforeAll(() => {
    maps = sizes.map((size) => tf.randomNormal([2, size, size, 5], 0, 1, 'float32', size));
  });
  afterAll(() => {
    tf.dispose(maps);
  });

  /** How often a run takes an exponential: only FDM does. */
  async function exponentials(run: () => tf.TensorContainer): Promise<number> {
    const { kernelNames, kernels } = await tf.profile(() => tf.tidy(run));
    expect(kernelNames).toContain('Exp');
    return kernels.filter(({ name }) => name === 'Exp').length;
  }

  test.each([
    ['training', () => net.apply(maps, { training: true })],
    ['inference', () => net.apply(maps, { training: false })],
    ['predict', () => net.predict(maps)],
  ])('is computed once, not once per output, in %s', async (_, run) => {
    const once = await exponentials(() => diversify(maps));
    expect(await exponentials(run as () => tf.TensorContainer)).toBe(once);
  });

  test('is computed again for each call of its own', () => {
    const layer = fdm();
    const first = layer.apply(maps) as tf.Tensor[];
    const second = layer.apply(maps) as tf.Tensor[];
    expect(second.some((map) => first.includes(map))).toBe(false);
    tf.dispose([first, second]);
  });
});
