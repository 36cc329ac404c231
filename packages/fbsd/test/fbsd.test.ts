import { type FBSDArgs, fbsd, isNewLayer } from '@fbsd/fbsd';
import { BACKENDS } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';

const small = {
  arch: 'mini',
  classes: 3,
  imageSize: 65,
  convWidths: [8, 12],
  hiddenUnits: 6,
} as const satisfies FBSDArgs;

beforeAll(async () => {
  await tf.setBackend(BACKENDS[1]);
});

describe('fbsd', () => {
  test('has four logits as outputs and the widths asked for', () => {
    const model = fbsd(small);
    expect(model.outputs.map((output) => output.shape)).toEqual(Array(4).fill([null, 3]));
    expect(model.getLayer('conv_block2.1.conv').outputShape).toEqual([null, 5, 5, 12]);
    expect(model.getLayer('classifier_concat.1').outputShape).toEqual([null, 6]);
    model.dispose();
  });

  test('has the published widths and parameters on ResNet-18', () => {
    const model = fbsd({ arch: 'resnet18', classes: 200, imageSize: 96 });
    const count = (pattern: RegExp) =>
      model.trainableWeights
        .filter((weight) => pattern.test(weight.originalName))
        .reduce((sum, weight) => sum + weight.shape.reduce<number>((a, b) => a * (b ?? 1), 1), 0);
    expect(count(/^fbsm/)).toBe(128 + 256 + 512 + 3 * 3);
    expect(count(/^classifier/)).toBeGreaterThan(3.5e6);
    expect(count(/^classifier/)).toBeLessThan(3.65e6);
    expect(count(/^layer|^conv1|^bn1/)).toBe(11_176_512);
    model.dispose();
  });

  test('tells new layers from the backbone', () => {
    expect(
      ['fbsm1/kernel', 'conv_block3.0.bn/gamma', 'classifier_concat.4/bias'].every(isNewLayer),
    ).toBe(true);
    expect(['conv1/kernel', 'layer4.2.bn3/beta', 'bn1/gamma'].some(isNewLayer)).toBe(false);
  });

  test.each<[Partial<FBSDArgs>, string]>([
    [
      { arch: 'vgg' as 'mini' },
      "arch must be one of mini, resnet18, resnet34, resnet50, resnet101, densenet121, densenet161; got 'vgg'",
    ],
    [{ classes: 1 }, 'classes must be a whole number from 2; got 1'],
    [{ arch: 'densenet161', imageSize: 92 }, 'at least 93 pixels'], // it halves 23 rows to 11
    [{ imageSize: 64 }, 'imageSize must be a whole number of at least 65 pixels'],
    [{ imageSize: 65, topK: 17 }, 'at least 129 pixels'],
    [{ imageSize: 65, parts: [16, 4, 2] }, 'at least 121 pixels'],
    [{ parts: [8, 4] as unknown as [8, 4, 2] }, 'parts must hold 3 numbers'],
  ])('refuses %j', (args, message) => {
    expect(() => fbsd({ ...small, ...args })).toThrow(message);
  });
});
