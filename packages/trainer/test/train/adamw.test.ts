import { markNewLayers } from '@fbsd/fbsd';
import { describeBackends, expectClose, expectNoLeak } from '@fbsd/testing';
import { AdamW, SGD } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

/** A backbone layer of three weights and a head layer of two. */
function twoLayers(): LayersModel {
  const x = input({ shape: [3] });
  const dense = (name: string, units: number) => layers.dense({ name, units, useBias: false });
  const backbone = dense('layer1.0.conv1', 1).apply(x) as SymbolicTensor;
  const head = dense('classifier1.4', 2).apply(backbone) as SymbolicTensor;
  const net = model({ inputs: x, outputs: head });
  tf.tidy(() => net.setWeights([tf.tensor2d([[2], [-1], [0.5]]), tf.tensor2d([[4, 0.25]])]));
  markNewLayers(net, ['classifier1.4']);
  return net;
}

const GRADIENTS = [
  { backbone: [1, -2, 0.5], head: [0.1, 3] },
  { backbone: [-0.5, 1, 4], head: [2, -1] },
  { backbone: [0.25, 0, -1], head: [0, 0.5] },
];

function step(net: LayersModel, optimizer: AdamW, i: number): void {
  const { backbone, head } = GRADIENTS[i] as (typeof GRADIENTS)[0];
  const [first, second] = net.trainableWeights.map((w) => (w.read() as tf.Variable).name);
  tf.tidy(() => {
    optimizer.applyGradients({
      [first as string]: tf.tensor2d(backbone, [3, 1]),
      [second as string]: tf.tensor2d(head, [1, 2]),
    });
  });
}

const valuesOf = (net: LayersModel) => net.getWeights().flatMap((w) => [...w.dataSync()]);

describeBackends('AdamW', () => {
  test('moves head and backbone as torch.optim.AdamW, with the rates of a schedule', () => {
    const net = twoLayers();
    const optimizer = new AdamW(net, {
      newLearningRate: 0.1,
      pretrainedLearningRate: 0.01,
      beta1: 0.8,
      beta2: 0.9,
      epsilon: 1e-3,
      weightDecay: 0.5,
    });
    // Of PyTorch 2.13 in float64; the rates are halved from the second step on.
    const expected = [
      [1.98000999000999, -0.9850049975012494, 0.48751996007984033, 3.70099009900991, 0.13753332223],
      [1.9739901991009245, -0.9814720319929545, 0.4821201037235901, 3.56871684795, 0.11633334197],
      [1.9674798747862001, -0.9782231916677179, 0.4787635711689886, 3.44997306086, 0.0946248031],
    ];
    expected.forEach((data, i) => {
      optimizer.factor = i === 0 ? 1 : 0.5;
      step(net, optimizer, i);
      expectClose({ shape: [5], data: valuesOf(net) }, { shape: [5], data }, { rtol: 2e-6 });
    });
    expect(optimizer.learningRates()).toEqual({ new: 0.05, pretrained: 0.005 });
    expect(optimizer.iterations).toBe(3);
    optimizer.dispose();
    net.dispose();
  });

  test('goes on exactly from what a checkpoint kept', async () => {
    const [net, twin] = [twoLayers(), twoLayers()];
    const optimizer = new AdamW(net);
    step(net, optimizer, 0);
    step(net, optimizer, 1);
    twin.setWeights(net.getWeights());
    const resumed = new AdamW(twin);
    await resumed.setVelocities(optimizer.velocities());
    step(net, optimizer, 2);
    step(twin, resumed, 2);
    expect(valuesOf(twin)).toEqual(valuesOf(net));
    const states = [optimizer, resumed].map((one) =>
      one.velocities().map(({ name, tensor }) => [name, [...tensor.dataSync()]]),
    );
    expect(states[1]).toEqual(states[0]);
    expect(states[0]?.map(([name]) => name)).toEqual([
      'step',
      'layer1.0.conv1/kernel/exp_avg',
      'layer1.0.conv1/kernel/exp_avg_sq',
      'classifier1.4/kernel/exp_avg',
      'classifier1.4/kernel/exp_avg_sq',
    ]);
    for (const x of [optimizer, resumed, net, twin]) x.dispose();
  });

  test('leaves no tensor behind', () => {
    const net = twoLayers();
    const optimizer = new AdamW(net);
    step(net, optimizer, 0);
    expectNoLeak(() => {
      step(net, optimizer, 1);
      return [];
    });
    const before = tf.memory().numTensors;
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before - 5); // two of each weight, and the number of steps
    net.dispose();
  });

  test('refuses the state of another model, that of SGD, and numbers out of range', async () => {
    const net = twoLayers();
    const optimizer = new AdamW(net);
    const sgd = new SGD(net);
    tf.tidy(() => {
      const [weight] = net.trainableWeights.map((w) => w.read() as tf.Variable);
      sgd.applyGradients({ [(weight as tf.Variable).name]: tf.ones([3, 1]) });
    });
    await expect(optimizer.setVelocities(sgd.velocities())).rejects.toThrow(
      "'layer1.0.conv1/kernel' [3,1] of the checkpoint fits no weight of this model. Is it another architecture's checkpoint, or another optimizer's?",
    );
    const tensor = tf.zeros([3]);
    const state = { name: 'layer1.0.conv1/kernel/exp_avg', tensor };
    const steps = { name: 'step', tensor: tf.scalar(1) };
    await expect(optimizer.setVelocities([steps, state])).rejects.toThrow('(expected [3,1])');
    tf.dispose([tensor, steps.tensor]);
    expect(() => optimizer.applyGradients({ nobody: tensor })).toThrow("'nobody' is not a weight");
    expect(() => new AdamW(net, { beta2: 1 })).toThrow(
      'AdamW: beta2 must be a number from 0 to less',
    );
    for (const x of [optimizer, sgd, net]) x.dispose();
  });
});
