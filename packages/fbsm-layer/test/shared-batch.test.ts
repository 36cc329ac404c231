import { fbsm, featureBoostSuppress } from '@fbsd/fbsm';
import {
  type AllReduceSum,
  describeBackends,
  expectClose,
  inLockstep,
  signal,
  toTensor,
} from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops

/** Images of the processes: 3 and 1 of 4. */
const SHARES: readonly [first: number, count: number][] = [
  [0, 3],
  [3, 1],
];

const SHAPE = [4, 6, 3, 5];

describeBackends('FBSM in processes that share a batch', (backend) => {
  /** Computes as one of several processes. */
  function sharing<T>(allReduceSum: AllReduceSum, compute: () => T): T {
    const kernelFunc = ({ inputs }: { inputs: tf.NamedTensorInfoMap }) => {
      const x = tf.engine().makeTensorFromTensorInfo(inputs['x'] as tf.TensorInfo);
      const values = (x.dataSync() as Float32Array).slice();
      allReduceSum(values);
      return [tf.tensor(values, x.shape)];
    };
    const kernelName = 'FbsdAllReduceSum';
    tf.registerKernel({ kernelName, backendName: backend, kernelFunc });
    try {
      return compute();
    } finally {
      tf.unregisterKernel(kernelName, backend);
    }
  }

  const draw = (name: string, shape = SHAPE) => toTensor(signal(name, shape));

  /** Maps and gradients of some images, with weights that are drawn. */
  function train(first: number, count: number) {
    const of = (name: string) => tf.slice(draw(name), first, count);
    const results: tf.Tensor[] = [];
    const gradients = tf.grads((x: tf.Tensor, kernel: tf.Tensor, gamma: tf.Tensor) => {
      const weights = { kernel, gamma, bias: draw('bias', [1]), beta: draw('beta', [1]) };
      const options = { parts: 4, training: true } as const;
      const outputs = featureBoostSuppress(x as tf.Tensor4D, weights, options);
      const { boosted, suppressed, mean, variance } = outputs;
      results.push(...[boosted, suppressed, mean, variance].map((tensor) => tf.keep(tensor)));
      return tf.sum(tf.add(tf.mul(boosted, of('dBoosted')), tf.mul(suppressed, of('dSuppressed'))));
    });
    const kernel = draw('kernel', [1, 1, 5, 1]);
    const computed = gradients([of('x'), kernel, tf.tensor1d([1.5])]);
    return [...results, ...computed];
  }

  test('has the statistics, the maps and the gradients of the whole batch', () => {
    const names = ['boosted', 'suppressed', 'mean', 'variance', 'dx', 'dkernel', 'dgamma'];
    const whole = train(0, 4);
    const shares = inLockstep(
      SHARES.map((share) => (allReduceSum) => sharing(allReduceSum, () => train(...share))),
    );
    names.forEach((name, i) => {
      const [first, second] = shares.map((results) => results[i]) as [tf.Tensor, tf.Tensor];
      const expected = whole[i] as tf.Tensor;
      if (/boosted|suppressed|dx/.test(name)) {
        expectClose(tf.concat([first, second]), expected);
      } else if (/^d/.test(name)) {
        expectClose(tf.add(first, second), expected);
      } else {
        expectClose(first, expected);
        expectClose(second, expected);
      }
    });
  });

  test('moves its statistics as one process would', () => {
    const train = (first: number, count: number) => {
      const layer = fbsm({ parts: 4, seed: 5 });
      layer.apply(tf.slice(draw('x'), first, count), { training: true });
      return layer.nonTrainableWeights.map((weight) => weight.read());
    };
    const whole = train(0, 4);
    const shares = inLockstep(
      SHARES.map((share) => (allReduceSum) => sharing(allReduceSum, () => train(...share))),
    );
    for (const moved of shares) {
      moved.forEach((value, i) => {
        expectClose(value, whole[i] as tf.Tensor);
      });
    }
  });

  test('trains on one value of a strip in each process, which have two together', () => {
    const layer = fbsm({ parts: 2 });
    const train = () => layer.apply(tf.ones([1, 2, 1, 3]), { training: true });
    expect(train).toThrow('at least 2 values per strip');
    const two = [train, train];
    inLockstep(two.map((train) => (allReduceSum) => sharing(allReduceSum, train)));
  });
});
