import { markNewLayers } from '@fbsd/fbsd';
import { describeBackends, expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { SGD } from '../../src/train/sgd.ts';

/** A backbone layer and a head layer of one weight each. */
function twoLayers(): LayersModel {
  const x = input({ shape: [1] });
  const dense = (name: string) => layers.dense({ name, units: 1, useBias: false });
  const hidden = dense('layer1.0.conv1').apply(x);
  const net = model({ inputs: x, outputs: dense('classifier1.4').apply(hidden) as SymbolicTensor });
  net.setWeights([tf.tensor2d([[2]]), tf.tensor2d([[4]])]);
  markNewLayers(net, ['classifier1.4']);
  return net;
}

function step(net: LayersModel, optimizer: SGD): void {
  tf.tidy(() => {
    const names = net.trainableWeights.map((weight) => (weight.read() as tf.Variable).name);
    optimizer.applyGradients(Object.fromEntries(names.map((name) => [name, tf.ones([1, 1])])));
  });
}

describeBackends('SGD', () => {
  test('moves head and backbone by the rates, momentum and decay of PyTorch', () => {
    const net = twoLayers();
    const optimizer = new SGD(net, {
      newLearningRate: 0.1,
      pretrainedLearningRate: 0.01,
      momentum: 0.9,
      weightDecay: 0.5,
    });
    step(net, optimizer);
    // v = 1 + 0.5·w: 2 and 3; w = 2 − 0.01·2, 4 − 0.1·3.
    const weights = () => net.getWeights().map((w) => w.dataSync()[0] as number);
    expectClose({ shape: [2], data: weights() }, { shape: [2], data: [1.98, 3.7] }, { rtol: 1e-6 });
    optimizer.factor = 0.5;
    step(net, optimizer);
    // v = 0.9·2 + 1 + 0.99 = 3.79; 0.9·3 + 1 + 1.85 = 5.55; rates halved.
    expectClose(
      { shape: [2], data: weights() },
      { shape: [2], data: [1.98 - 0.005 * 3.79, 3.7 - 0.05 * 5.55] },
      { rtol: 1e-6 },
    );
    expect(optimizer.learningRates()).toEqual({ new: 0.05, pretrained: 0.005 });
    expect(optimizer.iterations).toBe(2);
    optimizer.dispose();
    net.dispose();
  });

  test('goes on exactly from velocities that were kept', () => {
    const [net, twin] = [twoLayers(), twoLayers()];
    const optimizer = new SGD(net);
    step(net, optimizer);
    twin.setWeights(net.getWeights());
    const resumed = new SGD(twin);
    resumed.setVelocities(optimizer.velocities());
    step(net, optimizer);
    step(twin, resumed);
    expect(twin.getWeights().map((w) => w.dataSync()[0])).toEqual(
      net.getWeights().map((w) => w.dataSync()[0]),
    );
    for (const x of [optimizer, resumed, net, twin]) x.dispose();
  });

  test('leaves no tensor behind', () => {
    const net = twoLayers();
    const optimizer = new SGD(net);
    expectNoLeak(() => {
      step(net, optimizer);
      return [];
    });
    const before = tf.memory().numTensors;
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before - 2);
    net.dispose();
  });

  test('refuses velocities and gradients of another model', () => {
    const net = twoLayers();
    const optimizer = new SGD(net);
    const tensor = tf.zeros([3]);
    expect(() => optimizer.setVelocities([{ name: 'other/kernel', tensor }])).toThrow(
      "the velocity of 'other/kernel' [3] fits no weight of this model",
    );
    expect(() => optimizer.setVelocities([{ name: 'classifier1.4/kernel', tensor }])).toThrow(
      '(expected [1,1])',
    );
    expect(() => optimizer.applyGradients({ nobody: tensor })).toThrow("'nobody' is not a weight");
    tensor.dispose();
    net.dispose();
  });
});
