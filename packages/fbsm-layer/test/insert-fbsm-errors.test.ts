import { insertFBSM, type Tap } from '@fbsd/fbsm';
import { BACKENDS } from '@fbsd/testing';
import { setBackend } from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { layerPaths } from '../src/graph.ts';

const { add, conv2d, dense, flatten } = layers;
const apply = (layer: InstanceType<typeof layers.Layer>, x: SymbolicTensor | SymbolicTensor[]) =>
  layer.apply(x) as SymbolicTensor;
const convolution = (name: string) => conv2d({ name, filters: 3, kernelSize: 3, padding: 'same' });

/** image → conv1 → (conv2 + conv1 = sum) → conv3 → flat → logits */
function network(): LayersModel {
  const image = input({ name: 'image', shape: [6, 4, 3] });
  const first = apply(convolution('conv1'), image);
  const sum = apply(add({ name: 'sum' }), [first, apply(convolution('conv2'), first)]);
  const flat = apply(flatten({ name: 'flat' }), apply(convolution('conv3'), sum));
  return model({
    inputs: image,
    outputs: apply(dense({ name: 'logits', units: 2 }), flat),
    name: 'net',
  });
}

function nesting(): LayersModel {
  const image = input({ name: 'picture', shape: [6, 4, 3] });
  const inner = input({ name: 'inner', shape: [6, 4, 3] });
  const nested = model({
    inputs: inner,
    outputs: apply(convolution('conv'), apply(convolution('stem'), inner)),
    name: 'nested',
  });
  return model({
    inputs: image,
    outputs: apply(convolution('conv'), apply(nested, image)),
    name: 'outer',
  });
}

beforeAll(async () => {
  await setBackend(BACKENDS[0]);
});

describe('insertFBSM refuses', () => {
  test.each<[string, Tap[], string]>([
    [
      'an unknown tap',
      [{ after: 'conv_1', parts: 2 }],
      "model 'net' has no layer 'conv_1'. The closest names are 'conv1', 'conv2', 'conv3'",
    ],
    ['a part of names', [{ after: 'logit', parts: 2 }], "The closest names are 'logits'"],
    [
      'no map',
      [{ after: 'logits', parts: 2 }],
      "tap 'logits' must be one map [batch,height,width,channels] with a known number of channels; got [null,2]. The last map before it is that of 'conv3'.",
    ],
    [
      'a tap twice',
      [
        { after: 'sum', parts: 2 },
        { after: 'sum', parts: 3 },
      ],
      "tap 'sum' is named twice",
    ],
    [
      'more strips than rows',
      [{ after: 'sum', parts: 7 }],
      "insertFBSM: tap 'sum': parts=7 needs a height of at least 7; got input [null,6,4,3] (height 6)",
    ],
    [
      'more strips than columns',
      [{ after: 'sum', parts: 5, axis: 'width' }],
      'needs a width of at least 5',
    ],
    [
      'an impossible option',
      [{ after: 'sum', parts: 2, beta: 2 }],
      "insertFBSM: tap 'sum': beta must be a number from 0 to 1; got 2.",
    ],
    [
      'a name that is taken',
      [{ after: 'sum', parts: 2, name: 'conv1' }],
      "the model has a layer 'conv1' already. Name the module of tap 'sum' otherwise",
    ],
    ['no tap', [], "needs at least one tap, such as { after: 'layer', parts: 4 }; got none"],
  ])('%s', (_, taps, message) => {
    const net = network();
    expect(() => insertFBSM(net, taps)).toThrow(RangeError);
    expect(() => insertFBSM(net, taps)).toThrow(message);
    expect(net.getLayer('conv1').inboundNodes).toHaveLength(1); // nothing was applied
  });

  test('a tap that later layers get around, and says where to tap', () => {
    const tap = { after: 'conv2', parts: 2 };
    expect(() => insertFBSM(network(), [tap], { keepOutputs: true })).toThrow(
      "not all that comes after tap 'conv2' passes through it: 'sum' also gets what the tap was computed " +
        "from by another way, and there nothing is suppressed. Tap 'sum' instead, or allow it with allowBypass: true.",
    );
    expect(
      insertFBSM(network(), [tap], { allowBypass: true, keepOutputs: true }).outputs,
    ).toHaveLength(2);
    // Without the outputs nothing comes after it.
    expect(insertFBSM(network(), [tap]).outputs).toHaveLength(1);
    // Another input beside the tap is no way around it.
    const [a, b] = ['a', 'b'].map((name) => input({ name, shape: [6, 4, 3] })) as [
      SymbolicTensor,
      SymbolicTensor,
    ];
    const two = model({
      inputs: [a, b],
      outputs: apply(add(), [apply(convolution('conv'), a), b]),
    });
    expect(
      insertFBSM(two, [{ after: 'conv', parts: 2 }], { keepOutputs: true }).outputs,
    ).toHaveLength(2);
  });

  test('a map with the channels first', () => {
    const image = input({ shape: [3, 6, 6] });
    const first = apply(
      conv2d({ name: 'conv', filters: 2, kernelSize: 1, dataFormat: 'channelsFirst' }),
      image,
    );
    const net = model({
      inputs: image,
      outputs: apply(layers.activation({ name: 'act', activation: 'relu' }), first),
    });
    expect(() => insertFBSM(net, [{ after: 'act', parts: 2 }])).toThrow(
      "tap 'act' must be a map with the channels last; got one behind 'conv'",
    );
    expect(() => insertFBSM(net, [{ after: 'act', parts: 2 }])).toThrow(RangeError);
  });

  test('two names for one map', () => {
    const taps = ['nested', 'nested/conv'].map((after) => ({ after, parts: 2 }));
    expect(() => insertFBSM(nesting(), taps)).toThrow(
      "tap 'nested/conv' names the same map as 'nested'",
    );
  });

  test('to unfold a nested model whose names are taken', () => {
    const tap = { after: 'nested/stem', parts: 2 };
    expect(() => insertFBSM(nesting(), [tap], { keepOutputs: true })).toThrow(
      "'nested/conv' and 'conv' would both be named 'conv'",
    );
  });

  test('an unknown layer of a nested model', () => {
    expect(() => insertFBSM(nesting(), [{ after: 'nested/stm', parts: 2 }])).toThrow(
      "The closest names are 'nested/stem'",
    );
    expect(layerPaths(nesting())).toContain('nested/stem');
  });

  test('a layer with several outputs', () => {
    const image = input({ shape: [4, 4, 3] });
    const outputs = ['a', 'b'].map((name) => apply(convolution(name), image));
    const nested = model({ inputs: image, outputs, name: 'two' });
    const outer = input({ shape: [4, 4, 3] });
    const both = nested.apply(outer) as SymbolicTensor[];
    const net = model({ inputs: outer, outputs: apply(add(), both) });
    expect(() => insertFBSM(net, [{ after: 'two', parts: 2 }])).toThrow(
      'got [null,4,4,3], [null,4,4,3]. It has 2 outputs: tap a layer inside of it or behind it.',
    );
  });

  test('what is no LayersModel, or has no layers', () => {
    const taps = [{ after: 'conv', parts: 2 }];
    expect(() => insertFBSM({} as LayersModel, taps)).toThrow(TypeError);
    expect(() => insertFBSM({} as LayersModel, taps)).toThrow('expects a tf.LayersModel');
    expect(() => insertFBSM(sequential({ name: 'empty' }), taps)).toThrow(
      "model 'empty' has no layers yet",
    );
  });
});
