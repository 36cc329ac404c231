import { saveStateDict, stateDict } from '@fbsd/backbones';
import { readStateDict } from '@fbsd/torch-weights';
import * as tf from '@tensorflow/tfjs-core';
import { classifier, denseNet, resNet, setSignals } from './support/models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('saveStateDict', () => {
  test.each([
    ['resnet', resNet, 'cddcbea0acddf91b41e9663f5a05f8400d194be540e65c7d92019942bcccbe57'],
    ['densenet', denseNet, '9c3d31b4809b8832dbb9c79af666e815302ecd005061f95ca8ad33ee7eb60180'],
  ] as const)('the bytes of a %s do not change', async (_, create, expected) => {
    const source = classifier(create(1));
    setSignals(source);
    const digest = await crypto.subtle.digest('SHA-256', await saveStateDict(source));
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
    expect(hex.join('')).toBe(expected);
    source.dispose();
  });

  test('is the state dict as a file', async () => {
    const source = classifier(denseNet(1));
    const dict = await stateDict(source, { names: 'fbsd' });
    expect(dict).toEqual(await readStateDict(await saveStateDict(source, { names: 'fbsd' })));
    expect(dict.get('features.block0_2.0.weight')?.shape).toEqual([8, 3, 7, 7]);
    source.dispose();
  });

  test('with the published names for a backbone', async () => {
    const source = classifier(resNet(1));
    const dict = await readStateDict(await saveStateDict(source, { names: 'fbsd' }));
    expect(dict.has('features.layer0_2.4.0.conv1.weight')).toBe(true);
    expect(dict.has('features.layer4.0.0.bn3.running_mean')).toBe(true);
    source.dispose();
  });

  test('the data begins at a multiple of eight bytes', async () => {
    const source = classifier(resNet(1));
    const file = await saveStateDict(source);
    const header = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(header % 8).toBe(0);
    expect(new TextDecoder().decode(file.subarray(8, 40))).toBe('{"__metadata__":{"format":"pt"},');
    source.dispose();
  });
});
