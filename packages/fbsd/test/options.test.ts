import * as library from '@fbsd/fbsd';
import { BACKENDS } from '@fbsd/testing';
import { setBackend } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

beforeAll(async () => {
  await setBackend(BACKENDS[0]);
});

/** Calls as they come from a program without TypeScript. */
const { attachFBSD, combinedAccuracy, fbsd, headLosses, markNewLayers, newWeightNames } =
  // biome-ignore lint/suspicious/noExplicitAny: what came may be anything
  library as any;

const net = () =>
  sequential({
    layers: ['a', 'b', 'c'].map((name, i) =>
      layers.conv2d({
        ...{ name, filters: 4, kernelSize: 3, padding: 'same' },
        ...(i === 0 && { inputShape: [8, 8, 3] }),
      }),
    ),
  });
const [a, b, c] = ['a', 'b', 'c'].map((after) => ({ after, parts: 2 }));
const head = { classes: 3, convWidths: [4, 4], hiddenUnits: 4 };
const small = { arch: 'mini', classes: 3, imageSize: 65 };

test.each([
  [
    () => fbsd(),
    "fbsd: expects options such as { arch: 'resnet50', classes: 200, imageSize: 448 }",
  ],
  [() => fbsd({ ...small, aplha: 1 }), "there is no option 'aplha'. Did you mean 'alpha'?"],
  [() => fbsd({ ...small, topk: 5 }), "Did you mean 'topK'?"],
  [() => fbsd({ ...small, classes: '3' }), "classes must be a whole number from 2; got '3'."],
  [() => fbsd({ ...small, imageSize: '65' }), "got '65'."],
  [() => fbsd({ ...small, parts: 8 }), 'parts must hold 3 numbers, one per level; got 8.'],
  [() => fbsd({ ...small, arch: undefined }), 'got undefined.'],
  [() => attachFBSD(Promise.resolve(net()), {}), 'attachFBSD: expects a tf.LayersModel'],
  [() => attachFBSD(Promise.resolve(net()), {}), 'got a Promise. Await it.'],
  [() => attachFBSD(net()), 'attachFBSD: expects options such as { classes: 200, taps: [{ after:'],
  [() => attachFBSD(net(), {}), 'needs at least two taps'],
  [() => attachFBSD(net(), {}), 'got undefined. Give options such as { classes: 200, taps:'],
  [
    () => attachFBSD(net(), { taps: [a, b] }),
    'classes must be a whole number from 2; got undefined',
  ],
  [() => attachFBSD(net(), { taps: [a, b], ...head, topk: 3 }), "Did you mean 'topK'?"],
  [
    () => attachFBSD(net(), { taps: [a, { after: 'b', part: 2 }], ...head }),
    "Did you mean 'parts'?",
  ],
  [() => headLosses(undefined), 'headLosses: expects a tf.LayersModel, as tf.model'],
  [() => headLosses(Promise.resolve(net())), 'got a Promise. Await it.'],
  [() => combinedAccuracy(undefined), 'combinedAccuracy: expects a tf.LayersModel'],
  [() => newWeightNames(Promise.resolve(net())), 'newWeightNames: expects a tf.LayersModel'],
  [() => markNewLayers(undefined, []), 'markNewLayers: expects a tf.LayersModel'],
] as [() => unknown, string][])('case %#', (call, message) => {
  expect(call).toThrow(message);
});

test.each([
  [[b, a, c], "got 'b' before 'a', which it is computed from. Put 'a' before it."],
  [[a, c, b], "got 'c' before 'b'"],
  [[c, a], "got 'c' before 'a'"],
])('taps out of order are refused: case %#', (taps, message) => {
  expect(() => attachFBSD(net(), { taps, ...head })).toThrow(message);
  expect(() => attachFBSD(net(), { taps, ...head })).toThrow('shallowest first');
});

test('taps in order are not', () => {
  expect(attachFBSD(net(), { taps: [a, b, c], ...head }).outputs).toHaveLength(4);
});
