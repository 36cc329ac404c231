import {
  type FBSMArgs,
  fbsm,
  featureBoostSuppress,
  type InsertOptions,
  insertFBSM,
  type Tap,
} from '@fbsd/fbsm';
import { BACKENDS } from '@fbsd/testing';
import { ones, setBackend, type Tensor4D } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

beforeAll(async () => {
  await setBackend(BACKENDS[0]);
});

const model = () =>
  sequential({
    layers: [layers.conv2d({ name: 'conv', inputShape: [8, 8, 3], filters: 4, kernelSize: 1 })],
  });

/** A caller without TypeScript. */
// biome-ignore lint/suspicious/noExplicitAny: what came may be anything
type Anything = any;

test.each([
  [
    { parts: 4, aplha: 1 },
    "there is no option 'aplha'. Did you mean 'alpha'? It takes parts, alpha,",
  ],
  [{ part: 4 }, "no option 'part'. Did you mean 'parts'?"],
  [{ parts: 4, nmae: 'x' }, "Did you mean 'name'?"],
  [{ parts: '3' }, "parts must be an integer of at least 1; got '3'."],
  [{ parts: 3, alpha: '0.5' }, "alpha must be a number of at least 0; got '0.5'."],
  [undefined, 'expects options such as { parts: 8 }; got undefined.'],
  [null, 'got null.'],
  [8, 'got 8.'],
  [[8], 'got [8].'],
  [Promise.resolve({ parts: 8 }), 'got a Promise. Await it.'],
])('fbsm(%p) says what is wrong', (args, message) => {
  expect(() => fbsm(args as FBSMArgs)).toThrow(message);
  expect(() => fbsm(args as FBSMArgs)).toThrow('[@fbsd/fbsm] FBSM: ');
});

test('featureBoostSuppress likewise', () => {
  const x = ones([1, 4, 4, 1]) as Tensor4D;
  const weight = ones([1]);
  const weights = { kernel: weight, bias: weight, gamma: weight, beta: weight };
  const call = (options: Anything) => () => featureBoostSuppress(x, weights, options);
  expect(call({ parts: 2, trainning: true })).toThrow("Did you mean 'training'?");
  expect(call(undefined)).toThrow('featureBoostSuppress: expects options such as { parts: 8 }');
});

describe('insertFBSM likewise', () => {
  const taps: Tap[] = [{ after: 'conv', parts: 2 }];
  test.each([
    [() => Promise.resolve(model()), taps, undefined, 'expects a tf.LayersModel'],
    [() => Promise.resolve(model()), taps, undefined, 'got a Promise. Await it.'],
    [() => undefined, taps, undefined, 'expects a tf.LayersModel, as tf.model'],
    [model, undefined, undefined, "expects a list of taps, such as [{ after: 'layer', parts: 4 }]"],
    [model, taps[0], undefined, 'expects a list of taps'],
    [
      model,
      ['conv'],
      undefined,
      "expects options such as { after: 'layer', parts: 4 }; got 'conv'.",
    ],
    [model, [{ parts: 2 }], undefined, 'after must be the name of a layer; got undefined.'],
    [model, [{ after: 'conv', parts: 2, betta: 1 }], undefined, "Did you mean 'beta'?"],
    [model, taps, { keepOutput: true }, "no option 'keepOutput'. Did you mean 'keepOutputs'?"],
  ])('case %#', (make, given, options, message) => {
    const call = () =>
      insertFBSM(make() as Anything, given as Anything, options as InsertOptions | undefined);
    expect(call).toThrow(message);
    expect(call).toThrow('[@fbsd/fbsm] insertFBSM');
  });
});
