import { insertFBSM } from '@fbsd/fbsm';
import { expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { predict, randomInputs, reloaded } from './support/models.ts';

const { add, batchNormalization, conv2d, dense, globalAveragePooling2d } = layers;
type Layer = InstanceType<typeof layers.Layer>;

const apply = (layer: Layer, x: SymbolicTensor | SymbolicTensor[]) =>
  layer.apply(x) as SymbolicTensor;
const kernelInitializer = initializers.glorotUniform({ seed: 7 });
const convolution = (name: string, filters = 4) =>
  conv2d({ name, filters, kernelSize: 3, padding: 'same', activation: 'elu', kernelInitializer });

/** stem → norm → block (residual) → last → logits */
function residualNetwork(): LayersModel {
  const image = input({ name: 'image', shape: [8, 8, 3] });
  const stem = apply(batchNormalization({ name: 'norm' }), apply(convolution('stem'), image));
  const branch = apply(convolution('branch'), stem);
  const sum = apply(add({ name: 'sum' }), [stem, branch]);
  const last = apply(convolution('last', 6), sum);
  const logits = apply(
    dense({ name: 'logits', units: 3, kernelInitializer }),
    apply(globalAveragePooling2d({}), last),
  );
  return model({ inputs: image, outputs: logits, name: 'net' });
}

const TAPS = [
  { after: 'norm', parts: 4 },
  { after: 'last', parts: 2 },
];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('insertFBSM: the new model', () => {
  test('its outputs are the boosted maps, in the order of the taps', () => {
    const inserted = insertFBSM(residualNetwork(), TAPS.toReversed());
    expect(inserted.outputNames).toEqual(['fbsm1', 'fbsm2']);
    expect(inserted.outputs.map((y) => y.shape)).toEqual([
      [null, 8, 8, 6],
      [null, 8, 8, 4],
    ]);
    expect(inserted.name).toBe('net_fbsm');
    expect(inserted.layers.map(({ name }) => name)).not.toContain('logits');
  });

  test('its outputs are then those of the original, if they are kept', () => {
    const inserted = insertFBSM(residualNetwork(), TAPS, { keepOutputs: true, name: 'both' });
    expect(inserted.outputNames).toEqual(['fbsm1', 'fbsm2', 'logits']);
    expect(inserted.name).toBe('both');
  });

  test('what comes after a tap sees the suppressed map, and the map itself is boosted', () => {
    const original = residualNetwork();
    const inserted = insertFBSM(original, [{ after: 'norm', parts: 2, beta: 1, alpha: 2 }], {
      keepOutputs: true,
    });
    const inputs = randomInputs(original, 1);
    const map = predict(model({ inputs: original.inputs, outputs: outputAt('norm') }), inputs)[0];
    const module = inserted.getLayer('fbsm1');
    const [boosted, suppressed] = module.apply(map as tf.Tensor) as [tf.Tensor, tf.Tensor];
    const rest = input({ shape: [8, 8, 4] });
    let y = apply(add(), [rest, apply(original.getLayer('branch'), rest)]);
    for (const name of ['last', 'global_average_pooling2d']) y = apply(layerLike(name), y);
    const expected = model({ inputs: rest, outputs: apply(original.getLayer('logits'), y) });

    const [first, logits] = predict(inserted, inputs) as [tf.Tensor, tf.Tensor];
    expectClose(first, boosted);
    expectClose(logits, expected.predict(suppressed) as tf.Tensor);

    function layerLike(name: string): Layer {
      return original.layers.find((layer) => layer.name.startsWith(name)) as Layer;
    }
    function outputAt(name: string): SymbolicTensor {
      return original.getLayer(name).getOutputAt(0) as SymbolicTensor;
    }
  });

  test('options of the tap go to its module; names are free', () => {
    const taps = [{ after: 'norm', parts: 3, axis: 'width', alpha: 0.7, name: 'boost' }] as const;
    const module = insertFBSM(residualNetwork(), taps).getLayer('boost');
    expect(module.getConfig()).toMatchObject({ parts: 3, axis: 'width', alpha: 0.7 });
  });

  test('modules can be inserted behind modules that were', () => {
    const once = insertFBSM(residualNetwork(), TAPS.slice(0, 1), { keepOutputs: true });
    const twice = insertFBSM(once, TAPS.slice(1), { keepOutputs: true });
    expect(twice.outputNames).toEqual(['fbsm2', 'fbsm1', 'logits']);
  });

  test('inputs that only left out layers need are left out; the others keep their order', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => input({ name, shape: [4, 4, 2] })) as [
      SymbolicTensor,
      SymbolicTensor,
      SymbolicTensor,
    ];
    const sum = apply(add({ name: 'sum' }), [c, a]);
    const all = model({ inputs: [a, b, c], outputs: apply(add({ name: 'end' }), [sum, b]) });
    const tap = { after: 'sum', parts: 2 };
    expect(insertFBSM(all, [tap]).inputNames).toEqual(['a', 'c']);
    expect(insertFBSM(all, [tap], { keepOutputs: true }).inputNames).toEqual(['a', 'b', 'c']);
  });

  test('a layer that is used several times is tapped at each use, by one module', () => {
    const shared = convolution('shared', 2);
    const [left, right] = ['left', 'right'].map((name) => input({ name, shape: [4, 4, 2] })) as [
      SymbolicTensor,
      SymbolicTensor,
    ];
    const ends = [apply(shared, apply(shared, left)), apply(shared, right)];
    const siamese = model({ inputs: [left, right], outputs: apply(add(), ends) });
    const inserted = insertFBSM(siamese, [{ after: 'shared', parts: 2 }]);
    expect(inserted.outputNames).toEqual(['fbsm1', 'fbsm1', 'fbsm1']);
    expect(inserted.layers.filter(({ name }) => name === 'fbsm1')).toHaveLength(1);
  });

  test('arguments with which a layer was applied are kept', () => {
    class Scale extends layers.Layer {
      static className = 'TestScale';
      override call(x: tf.Tensor | tf.Tensor[], { by }: { by?: number }) {
        return tf.mul([x].flat()[0] as tf.Tensor, by ?? 1);
      }
    }
    const image = input({ shape: [4, 4, 2] });
    const map = apply(convolution('map'), image);
    const scaled = new Scale({ name: 'scale' }).apply(map, { by: 3 }) as SymbolicTensor;
    const net = model({ inputs: image, outputs: scaled });
    const inserted = insertFBSM(net, [{ after: 'map', parts: 2 }], { keepOutputs: true });
    expect(inserted.getLayer('scale').inboundNodes.map(({ callArgs }) => callArgs)).toEqual([
      { by: 3 },
      { by: 3 },
    ]);
  });
});

describe('insertFBSM: what is shared', () => {
  test('weights are the same variables, unless copied', () => {
    const original = residualNetwork();
    const shared = insertFBSM(original, TAPS);
    expect(shared.getLayer('stem').weights).toEqual(original.getLayer('stem').weights);
    const copied = insertFBSM(original, TAPS, { copy: true });
    const copies = copied.getLayer('stem').getWeights();
    original
      .getLayer('stem')
      .getWeights()
      .forEach((weight, i) => {
        expect(copies[i]?.dataSync()).toEqual(weight.dataSync());
        expect(copies[i]?.id).not.toBe(weight.id);
      });
  });

  test.each([true, false])('training moves the weights of the original: %s', async (sharing) => {
    const original = residualNetwork();
    const inserted = insertFBSM(original, TAPS, { copy: !sharing });
    const [x] = randomInputs(original, 1).values();
    const kernel = () => original.getLayer('stem').getWeights()[0]?.dataSync().slice();
    const module = () =>
      inserted
        .getLayer('fbsm1')
        .getWeights()
        .map((w) => w.dataSync().slice());
    const before = { kernel: kernel(), module: module() };
    const heads = inserted.outputs.map((map) =>
      apply(dense({ units: 2 }), apply(globalAveragePooling2d({}), map)),
    );
    const net = model({ inputs: inserted.inputs, outputs: heads });
    net.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await net.fit(x as tf.Tensor, [tf.ones([2, 2]), tf.ones([2, 2])], { epochs: 1, verbose: 0 });
    if (sharing) expect(kernel()).not.toEqual(before.kernel);
    else expect(kernel()).toEqual(before.kernel);
    expect(module()).not.toEqual(before.module);
  });

  test('weights that were frozen stay so in a copy', () => {
    const original = residualNetwork();
    original.getLayer('stem').trainable = false;
    const trainable = (net: LayersModel) => net.trainableWeights.map((w) => w.originalName);
    const names = trainable(insertFBSM(original, TAPS, { copy: true, keepOutputs: true }));
    expect(names).toEqual(expect.arrayContaining(trainable(original)));
    expect(names.some((name) => name.startsWith('stem'))).toBe(false);
  });

  test('the original predicts, saves and trains as before', async () => {
    const original = residualNetwork();
    const inputs = randomInputs(original, 1);
    const before = predict(original, inputs)[0] as tf.Tensor;
    const topology = JSON.stringify(original.toJSON(null, false));
    insertFBSM(original, TAPS, { keepOutputs: true });
    expectClose(predict(original, inputs)[0] as tf.Tensor, before, { rtol: 0, atol: 1e-12 });
    expect(JSON.stringify(original.toJSON(null, false))).toBe(topology);
    expectClose(predict(await reloaded(original), inputs)[0] as tf.Tensor, before, { rtol: 1e-6 });
    original.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x] = inputs.values();
    const { history } = await original.fit(x as tf.Tensor, tf.ones([2, 3]), {
      epochs: 3,
      verbose: 0,
    });
    expect(history['loss']?.at(-1)).toBeLessThan(history['loss']?.[0] as number);
  });

  test('the graph of the original is untouched by a copy', () => {
    const original = residualNetwork();
    insertFBSM(original, TAPS, { copy: true });
    expect(original.getLayer('stem').output).toBeDefined(); // throws where a layer has two uses
  });
});

describe('insertFBSM: memory', () => {
  test.each([true, false])('nothing is left once both models are disposed; copy: %s', (copy) => {
    const before = tf.memory().numTensors;
    const inner = input({ shape: [8, 8, 3] });
    const map = apply(batchNormalization({ name: 'norm' }), apply(convolution('stem'), inner));
    const nested = model({
      inputs: inner,
      outputs: apply(convolution('last'), map),
      name: 'nested',
    });
    const image = input({ shape: [8, 8, 3] });
    const outer = model({
      inputs: image,
      outputs: apply(convolution('end'), apply(nested, image)),
    });
    const inserted = insertFBSM(outer, [{ after: 'end', parts: 2 }], { copy });
    const unfolded = insertFBSM(outer, [{ after: 'nested/norm', parts: 2 }], { copy });
    inserted.dispose();
    unfolded.dispose();
    tf.tidy(() => {
      predict(outer, randomInputs(outer, 1)); // has its weights still
    });
    outer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('predicting leaves nothing behind but the outputs', () => {
    const inserted = insertFBSM(residualNetwork(), TAPS, { keepOutputs: true });
    const inputs = randomInputs(inserted, 1);
    const before = tf.memory().numTensors;
    tf.dispose(predict(inserted, inputs));
    expect(tf.memory().numTensors).toBe(before);
  });
});
