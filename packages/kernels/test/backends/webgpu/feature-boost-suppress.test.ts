import { type FeatureBoostSuppressOptions, fbsm, featureBoostSuppress } from '@fbsd/fbsm';
import { expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expectAsOnCpu, random } from '../../support/reference.ts';
import { describeWebGPU, withoutSubgroups } from '../../support/webgpu.ts';

type Shape = [batch: number, height: number, width: number, channels: number];
type Inputs = [tf.Tensor4D, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
type Output = 'boosted' | 'suppressed';

/** The op as a function of what has a gradient, and values for it. */
function at(shape: Shape, options: FeatureBoostSuppressOptions) {
  const one = (name: string, add: number) => tf.add(tf.mul(random(name, [1]), 0.2), add);
  const inputs = [
    random('x', shape),
    random('kernel', [1, 1, shape[3], 1]),
    one('bias', 0.3),
    one('gamma', 1.1),
    one('beta', 0.1),
  ];
  const moving = { movingMean: one('mean', 0.2), movingVariance: one('variance', 0.8) };
  const apply = (...given: tf.Tensor[]) => {
    const [x, kernel, bias, gamma, beta] = given as Inputs;
    return featureBoostSuppress(x, { kernel, bias, gamma, beta, ...moving }, options);
  };
  const gradients = (outputs: readonly Output[]) => {
    const loss = (...given: tf.Tensor[]) => {
      const results = apply(...given);
      const weighted = outputs.map((name) => tf.sum(tf.mul(results[name], random(name, shape))));
      return tf.addN(weighted) as tf.Scalar;
    };
    return tf.grads(loss)(inputs);
  };
  return { inputs, apply, gradients };
}

/** All results, and the gradients through the given maps, side by side since some are zero by nature. */
function everything(
  shape: Shape,
  options: FeatureBoostSuppressOptions,
  outputs: readonly Output[] = ['boosted', 'suppressed'],
): tf.Tensor[] {
  const { inputs, apply, gradients } = at(shape, options);
  return [
    ...Object.values(apply(...inputs)),
    tf.concat(gradients(outputs).map((dx) => tf.reshape(dx, [-1]))),
  ];
}

const CASES: [string, Shape, FeatureBoostSuppressOptions][] = [
  ['even strips, four channels at a time', [2, 8, 5, 12], { parts: 4 }],
  ['uneven strips', [2, 7, 5, 6], { parts: 3, alpha: 0.8, beta: 0.3 }],
  ['uneven strips of the width', [3, 4, 10, 5], { parts: 4, axis: 'width', epsilon: 1e-2 }],
  ['strips of the width, four channels at a time', [2, 3, 7, 8], { parts: 2, axis: 'width' }],
  ['one strip', [2, 3, 4, 5], { parts: 1, alpha: 2 }],
  ['strips of one row', [2, 3, 4, 1], { parts: 3 }],
  ['one position', [4, 1, 1, 3], { parts: 1 }],
  ['one image, strips in pieces', [1, 25, 23, 64], { parts: 2 }],
  ['more images than rows of threads', [19, 3, 5, 7], { parts: 3, beta: 1 }],
  ['many strips', [2, 40, 2, 4], { parts: 33 }],
];

describeWebGPU('featureBoostSuppress', (webgpu) => {
  describe.each([true, false])('equals the fallback, training %s', (training) => {
    test.each(CASES)('%s', async (_, shape, options) => {
      await expectAsOnCpu(() => everything(shape, { ...options, training }));
    });

    test.each<[Output]>([['boosted'], ['suppressed']])('where only %s is used', async (output) => {
      const options = { parts: 3, training };
      await expectAsOnCpu(() => everything([2, 7, 4, 8], options, [output]));
    });
  });

  test('equals it without subgroups', async () => {
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    await withoutSubgroups(device, () =>
      expectAsOnCpu(() => everything([3, 7, 5, 8], { parts: 3, training: true })),
    );
  });

  test.each([[{ parts: 3, momentum: 0.3 }], [{ parts: 2, axis: 'width' }]] as const)(
    'moves the statistics of the layer, %j',
    async (args) => {
      await expectAsOnCpu(() => {
        const layer = fbsm({ ...args, kernelInitializer: 'ones', biasInitializer: 'zeros' });
        for (const name of ['first', 'second']) {
          layer.apply(random(name, [2, 7, 5, 6]), { training: true });
        }
        const moved = layer.nonTrainableWeights.map((weight) => tf.clone(weight.read()));
        layer.dispose();
        return moved;
      });
    },
  );

  test('runs our kernels', () => {
    const names = [
      'FbsdFeatureBoostSuppress',
      'FbsdFeatureBoostSuppressGradient',
      'FbsdStripMovingStatistics',
    ];
    expect(webgpu().acceleration.kernels).toEqual(expect.arrayContaining(names));
  });

  test('suppresses every strip of a tie', async () => {
    const row = tf.ones([1, 1, 2, 4]);
    const x = tf.concat([row, tf.neg(row), row], 1) as tf.Tensor4D;
    const weights = {
      kernel: tf.ones([1, 1, 4, 1]),
      bias: tf.zeros([1]),
      gamma: tf.ones([1]),
      beta: tf.zeros([1]),
      movingMean: tf.zeros([1]),
      movingVariance: tf.ones([1]),
    };
    const { suppressed } = featureBoostSuppress(x, weights, { parts: 3, beta: 0.25 });
    const values = Array.from(await suppressed.data());
    expect(values).toEqual([0.75, -1, 0.75].flatMap((value) => Array(8).fill(value)));
  });

  test('a NaN shows in both maps', async () => {
    const x = tf.tensor4d([1, Number.NaN, 2, 3], [1, 2, 2, 1]);
    const { apply, inputs } = at([1, 2, 2, 1], { parts: 2, training: true });
    const { boosted, probabilities } = apply(x, ...inputs.slice(1));
    expect((await boosted.data())[1]).toBeNaN();
    expect((await probabilities.data())[0]).toBeNaN();
  });

  test.each([true, false])('leaves nothing but its results, training %s', (training) => {
    const { inputs, apply, gradients } = at([2, 7, 3, 4], { parts: 3, training });
    expectNoLeak(() => apply(...inputs));
    expectNoLeak(() => gradients(['boosted', 'suppressed']));
    expectNoLeak(() => gradients(['boosted']));
    expectNoLeak(() => gradients(['suppressed']));
  });
});
