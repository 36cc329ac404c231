import { insertFBSM, type Tap } from '@fbsd/fbsm';
import { expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  sequential,
} from '@tensorflow/tfjs-layers';
import { kerasModel, predict, randomInputs, reloaded, settle } from './support/models.ts';

const { conv2d, dense, globalAveragePooling2d, maxPooling2d } = layers;
const NOTHING = { alpha: 0, beta: 0 };
const kernelInitializer = initializers.heNormal({ seed: 5 });

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** Outputs that differ between samples, so that a comparison of them says something. */
function expectTelling(outputs: tf.Tensor): void {
  const spread = tf.tidy(() => tf.max(tf.moments(outputs, 0).variance).dataSync()[0] as number);
  expect(spread).toBeGreaterThan(1e-8);
}

/**
 * With alpha and beta 0 the outputs are those of the original, with the default they are not; saved
 * and loaded it computes the same.
 */
async function checkInsertion(original: LayersModel, taps: Tap[]): Promise<void> {
  const inputs = randomInputs(original, 3);
  settle(original, inputs.values().next().value as tf.Tensor);
  const [before] = predict(original, inputs) as [tf.Tensor];
  expectTelling(before);
  const options = { keepOutputs: true, allowBypass: true };

  const idle = insertFBSM(
    original,
    taps.map((tap) => ({ ...tap, ...NOTHING })),
    options,
  );
  const idleOutputs = predict(idle, inputs);
  expect(idleOutputs).toHaveLength(taps.length + 1);
  expect((idleOutputs.at(-1) as tf.Tensor).dataSync()).toEqual(before.dataSync());

  const inserted = insertFBSM(original, taps, options);
  const outputs = predict(inserted, inputs);
  expect((outputs.at(-1) as tf.Tensor).dataSync()).not.toEqual(before.dataSync());
  expect(inserted.layers.map(({ name }) => name)).toEqual(
    expect.arrayContaining(original.layers.map(({ name }) => name)),
  );

  const restored = await reloaded(inserted);
  predict(restored, inputs).forEach((output, i) => {
    expectClose(output, outputs[i] as tf.Tensor, { rtol: 1e-6 });
  });
  expect((predict(original, inputs)[0] as tf.Tensor).dataSync()).toEqual(before.dataSync());
}

describe('insertFBSM into models that Keras wrote', () => {
  test.each([
    ['mobilenet_0.25_64', ['conv_pw_5_relu', 'conv_pw_11_relu', 'conv_pw_13_relu']],
    ['mobilenetv2_0.35_96', ['block_6_project_BN', 'block_13_project_BN', 'out_relu']],
    ['efficientnetb0', ['block3b_add', 'block5c_add', 'top_activation']],
    ['resnet50', ['conv3_block4_out', 'conv4_block6_out', 'conv5_block3_out']],
  ])('%s', async (name, layerNames) => {
    const original = await kerasModel(name);
    await checkInsertion(
      original,
      layerNames.map((after, i) => ({ after, parts: [3, 2, 2][i] as number })),
    );
    tf.disposeVariables();
  });
});

describe('insertFBSM into models built here', () => {
  test('a Sequential VGG', async () => {
    const vgg = sequential({ name: 'vgg' });
    [8, 16, 32].forEach((filters, stage) => {
      for (const index of [1, 2]) {
        vgg.add(
          conv2d({
            name: `block${stage + 1}_conv${index}`,
            filters,
            kernelSize: 3,
            padding: 'same',
            activation: 'relu',
            kernelInitializer,
            ...(stage + index === 1 && { inputShape: [32, 32, 3] }),
          }),
        );
      }
      vgg.add(maxPooling2d({ name: `block${stage + 1}_pool`, poolSize: 2 }));
    });
    vgg.add(layers.flatten());
    vgg.add(layers.dropout({ rate: 0.5 }));
    vgg.add(dense({ units: 5, kernelInitializer }));
    await checkInsertion(vgg, [
      { after: 'block2_pool', parts: 4 },
      { after: 'block3_conv2', parts: 2 },
    ]);
  });

  test('a U-Net, whose skips see the suppressed maps too', async () => {
    const unet = makeUNet();
    await checkInsertion(unet, [
      { after: 'down1', parts: 8 },
      { after: 'down2', parts: 4 },
      { after: 'bottom', parts: 2 },
    ]);
    const inserted = insertFBSM(unet, [{ after: 'down2', parts: 2 }], {
      allowBypass: true,
      keepOutputs: true,
    });
    const skip = inserted
      .getLayer('join2')
      .getInputAt(inserted.getLayer('join2').inboundNodes.length - 1);
    expect((skip as ReturnType<typeof input>[]).map((x) => x.sourceLayer.name)).toEqual([
      'up2',
      'fbsm1',
    ]);
  });

  test('a model that another one takes for a layer, tapped inside and behind', async () => {
    const base = await kerasModel('mobilenet_0.25_64');
    const features = model({
      inputs: base.inputs,
      outputs: base.getLayer('conv_pw_13_relu').output,
      name: 'base',
    });
    const transfer = sequential({
      layers: [features, globalAveragePooling2d({}), dense({ units: 3, kernelInitializer })],
    });
    const taps = [
      { after: 'base/conv_pw_11_relu', parts: 4, ...NOTHING },
      { after: 'base', parts: 2, ...NOTHING },
    ];
    const inputs = randomInputs(transfer, 1);
    settle(features, inputs.values().next().value as tf.Tensor);
    const [before] = predict(transfer, inputs) as [tf.Tensor];
    expectTelling(before);
    const inserted = insertFBSM(transfer, taps, { keepOutputs: true });
    expect((predict(inserted, inputs)[2] as tf.Tensor).dataSync()).toEqual(before.dataSync());

    const behind = insertFBSM(transfer, [{ after: 'base', parts: 2 }]);
    expect(behind.getLayer('base')).toBe(features); // not unfolded
  });
});

/** Two levels down, a bottom, two levels up that also see what is level on the way down. */
function makeUNet(): LayersModel {
  const convolution = (name: string, filters: number) =>
    conv2d({ name, filters, kernelSize: 3, padding: 'same', activation: 'elu', kernelInitializer });
  type Map = ReturnType<typeof input>;
  const apply = (layer: InstanceType<typeof layers.Layer>, x: Map | Map[]) => layer.apply(x) as Map;
  const half = (x: Map) => apply(maxPooling2d({ poolSize: 2 }), x);
  const twice = (name: string, x: Map) => apply(layers.upSampling2d({ name, size: [2, 2] }), x);

  const image = input({ shape: [16, 16, 3] });
  const down1 = apply(convolution('down1', 4), image);
  const down2 = apply(convolution('down2', 8), half(down1));
  const bottom = apply(convolution('bottom', 8), half(down2));
  const join2 = apply(layers.concatenate({ name: 'join2' }), [twice('up2', bottom), down2]);
  const up1 = twice('up1', apply(convolution('conv2', 8), join2));
  const join1 = apply(layers.concatenate({ name: 'join1' }), [up1, down1]);
  return model({ inputs: image, outputs: apply(convolution('mask', 2), join1), name: 'unet' });
}
