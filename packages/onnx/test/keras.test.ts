import { attachFBSD } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { kerasModel } from '../../fbsm-layer/test/support/models.ts';
import { expectSame } from './expect-same.ts';
import { trained } from './networks.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
  accelerate();
});

/** A model of Keras's own, as pages load it, with weights as after some training. */
const keras = async (name: string) => trained(await kerasModel(name));

const close = { rtol: 1e-4, atol: 1e-4 };

describe("Keras's own models give the same", () => {
  test.each(['mobilenet_0.25_64', 'mobilenetv2_0.35_96', 'efficientnetb0', 'resnet50'])(
    '%s',
    async (name) => {
      const model = await keras(name);
      await expectSame(model, close);
      model.dispose();
    },
  );

  test('MobileNetV2 with attachFBSD', async () => {
    const taps = [
      { after: 'block_6_expand_relu', parts: 4 },
      { after: 'block_13_expand_relu', parts: 3 },
      { after: 'out_relu', parts: 2 },
    ];
    const widths = { convWidths: [16, 24], hiddenUnits: 12 } as const;
    const model = attachFBSD(await keras('mobilenetv2_0.35_96'), {
      taps,
      classes: 5,
      topK: 5,
      ...widths,
    });
    await expectSame(trained(model), close);
    model.dispose();
  });
});
