import { type FBSDArgs, fbsd, headNames, newWeightNames } from '@fbsd/fbsd';
import { BACKENDS } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

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

  test('records which weights are new, also in a model that was saved', async () => {
    const model = fbsd(small);
    const expected = model.weights
      .map(({ originalName }) => originalName)
      .filter((name) => /^(fbsm\d|conv_block\d|classifier)/.test(name));
    expect([...(newWeightNames(model) as Set<string>)].sort()).toEqual(expected.sort());
    expect(expected.length).toBeLessThan(model.weights.length);
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
      }),
    );
    const loaded = await loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
    expect(newWeightNames(loaded)).toEqual(newWeightNames(model));
    model.dispose();
    loaded.dispose();
  });

  test('has a name for each head', () => {
    expect(headNames(4)).toEqual(['level 1', 'level 2', 'level 3', 'concat']);
    expect(headNames(3)).toEqual(['level 1', 'level 2', 'concat']);
    expect(headNames(1)).toEqual(['classifier']);
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
