import { densenet, foldBatchNorms } from '@fbsd/backbones';
import { attachFBSD, fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { toOnnx } from '@fbsd/onnx';
import { expectClose, type Values } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { inputsOf, predicted, trained } from './networks.ts';
import { randomNetwork } from './random-network.ts';
import type { Runtime } from './run-onnx-in.ts';
import { RUNTIMES, runOnnx } from './runtimes.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
  accelerate();
});

/** Expects what the network gives, folded or not, of each of the runtimes. */
async function expectSameIn(runtimes: readonly Runtime[], network: LayersModel): Promise<void> {
  const inputs = inputsOf(network, 1);
  const expected = await predicted(network, inputs);
  const folded = foldBatchNorms(network);
  for (const [i, runtime] of runtimes.entries()) {
    const file = await toOnnx(i % 2 ? folded : network);
    const { outputs } = await runOnnx(file, inputs, runtime);
    Object.values(outputs).forEach((output, i) => {
      expectClose(output, expected[i] as Values, { rtol: 1e-4, atol: 1e-4 * largest(expected[i]) });
    });
  }
  folded.dispose();
}

const largest = (values: Values | undefined) =>
  Math.max(...Array.from(values?.data ?? [], Math.abs));

/** The smallest size at which every level has rows for its strips and five positions for the pool. */
const IMAGE_SIZE = 128;

const { node, web } = RUNTIMES;

test('FBSD on the small network gives the same', async () => {
  const network = trained(
    fbsd({ arch: 'mini', classes: 7, imageSize: IMAGE_SIZE, initialWeights: 'zeros' }),
  );
  await expectSameIn([node, node, web, web], network);
});

// The other architectures are of the same blocks.
test.each(['resnet50', 'densenet121'] as const)('FBSD on %s gives the same', async (arch) => {
  const network = trained(
    fbsd({ arch, classes: 7, imageSize: IMAGE_SIZE, initialWeights: 'zeros' }),
  );
  await expectSameIn([node], network);
  network.dispose();
});

test('attachFBSD to inverted residuals, as MobileNetV2 has them, gives the same', async () => {
  const base = trained(invertedResiduals());
  const network = trained(
    attachFBSD(base, {
      taps: [
        { after: 'block2_add', parts: 8 },
        { after: 'block4_add', parts: 5 },
        { after: 'block6_add', parts: 2 },
      ],
      classes: 5,
      convWidths: [16, 24],
      hiddenUnits: 12,
    }),
  );
  await expectSameIn([node, node, web, web], network);
});

test('a DenseNet without FBSD gives the same', async () => {
  const backbone = densenet({ name: 'small', growth: 8, depths: [2, 3, 2, 2], width: 16 });
  const images = input({ shape: [64, 64, 3] });
  const map = backbone.apply(images) as SymbolicTensor;
  await expectSameIn([node, node, web, web], trained(model({ inputs: images, outputs: map })));
});

describe('random graphs of layers give the same', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))('seed %i', async (seed) => {
    const network = trained(randomNetwork(seed));
    const inputs = inputsOf(network);
    const [expected] = (await predicted(network, inputs)) as [Values];
    const file = await toOnnx(network, seed % 2 ? { layout: 'nchw' } : {});
    const fed = seed % 2 ? inputs.map(toChannelsFirst) : inputs;
    const [output] = Object.values((await runOnnx(file, fed)).outputs);
    expectClose(output as Values, expected, { rtol: 1e-4, atol: 1e-4 * largest(expected) });
    network.dispose();
  });
});

function toChannelsFirst({ shape, data }: Values): Values {
  return tf.tidy(() => {
    const map = tf.tensor4d(Float32Array.from(data), shape as [number, number, number, number]);
    const turned = tf.transpose(map, [0, 3, 1, 2]);
    return { shape: turned.shape, data: turned.dataSync() };
  });
}

/** Six blocks: expand, depthwise, project, add where the sizes allow it. */
function invertedResiduals(): LayersModel {
  const images = input({ shape: [96, 96, 3] });
  const norm = (x: SymbolicTensor, name: string) =>
    layers.batchNormalization({ name: `${name}_BN` }).apply(x) as SymbolicTensor;
  const active = (x: SymbolicTensor) => layers.reLU({ maxValue: 6 }).apply(x) as SymbolicTensor;
  const conv = (x: SymbolicTensor, filters: number, name: string) =>
    norm(
      layers.conv2d({ name, filters, kernelSize: 1, useBias: false }).apply(x) as SymbolicTensor,
      name,
    );
  const block = (x: SymbolicTensor, name: string, filters: number, strides: number) => {
    const expanded = active(conv(x, 4 * (x.shape[3] as number), `${name}_expand`));
    const depthwise = layers
      .depthwiseConv2d({
        name: `${name}_depthwise`,
        kernelSize: 3,
        strides,
        padding: 'same',
        useBias: false,
      })
      .apply(expanded) as SymbolicTensor;
    const projected = conv(
      active(norm(depthwise, `${name}_depthwise`)),
      filters,
      `${name}_project`,
    );
    return strides === 1
      ? (layers.add({ name: `${name}_add` }).apply([x, projected]) as SymbolicTensor)
      : projected;
  };
  let x = images;
  for (const [i, filters] of [8, 12, 16].entries()) {
    x = block(x, `block${2 * i + 1}`, filters, 2);
    x = block(x, `block${2 * i + 2}`, filters, 1);
  }
  return model({ inputs: images, outputs: x });
}
