import { combinedAccuracy, headLosses, predictedClasses } from '@fbsd/fbsd';
import { BACKENDS } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** A network whose heads give out their third of the input, as logits of three classes. */
function threeHeads() {
  const images = input({ shape: [3, 3] });
  const kernelInitializer = initializers.identity({ gain: 1 });
  const outputs = [0, 1, 2].map((head) => {
    const name = `classifier${head + 1}.4`;
    const cropping: [[number, number], [number, number]] = [
      [head, 2 - head],
      [0, 0],
    ];
    const whole = layers.reshape({ targetShape: [3, 3, 1] }).apply(images);
    const part = layers.cropping2D({ cropping }).apply(whole);
    const logits = layers.reshape({ targetShape: [3] }).apply(part);
    return layers.dense({ name, units: 3, kernelInitializer }).apply(logits) as SymbolicTensor;
  });
  return model({ inputs: images, outputs });
}

test('compile, fit and evaluate with it say how many of the predictions are right', async () => {
  await tf.setBackend(BACKENDS[0]);
  const net = threeHeads();
  net.compile({
    optimizer: tf.train.sgd(0),
    loss: headLosses(net),
    metrics: combinedAccuracy(net),
  });
  // Each head alone is right for three, two and three of five, the sum of all for four.
  const x = tf.tensor3d([
    [
      [3, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ], // 0, 0, 0
    [
      [3, 0, 0],
      [0, 4, 0],
      [0, 1, 0],
    ], // 0, 1, 1
    [
      [0, 0, 1],
      [0, 3, 0],
      [0, 0, 5],
    ], // 2, 1, 2
    [
      [0, 2, 0],
      [0, 2, 0],
      [5, 0, 0],
    ], // 1, 1, 0
    [
      [0, 0, 1],
      [1, 0, 1],
      [4, 0, 0],
    ], // 2, 2, 0
  ]);
  const classes = tf.tensor1d([0, 1, 2, 0, 2], 'int32');
  const labels = tf.oneHot(classes, 3);
  const targets = [labels, labels, labels];
  const predicted = predictedClasses(net.predict(x) as tf.Tensor2D[]);
  expect([...predicted.dataSync()]).toEqual([0, 1, 2, 0, 0]);

  for (const batchSize of [5, 2]) {
    const values = net.evaluate(x, targets, { batchSize }) as tf.Scalar[];
    expect(values.at(-1)?.dataSync()[0]).toBeCloseTo(4 / 5, 5);
  }
  const options = {
    epochs: 2,
    batchSize: 2,
    verbose: 0,
    validationData: [x, targets] as [tf.Tensor, tf.Tensor[]],
  } as const;
  const { history } = await net.fit(x, targets, options);
  const name = 'classifier3.4_combinedAccuracy';
  for (const key of [name, `val_${name}`]) {
    expect(history[key]).toHaveLength(2);
    for (const value of history[key] ?? []) expect(value).toBeCloseTo(4 / 5, 5);
  }
  const before = tf.memory().numTensors;
  await net.fit(x, targets, options);
  expect(tf.memory().numTensors).toBe(before);
  net.dispose();
});

test('with other losses it says what to do', async () => {
  await tf.setBackend(BACKENDS[0]);
  const net = threeHeads();
  net.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: combinedAccuracy(net) });
  const labels = tf.ones([2, 3]);
  const targets = [labels, labels, labels];
  expect(() => net.evaluate(tf.ones([2, 3, 3]), targets)).toThrow(
    "'model' must be compiled with loss: headLosses(model)".replace('model', net.name),
  );
  net.dispose();
});
