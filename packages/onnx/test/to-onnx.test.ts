import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fbsd } from '@fbsd/fbsd';
import { fbsm } from '@fbsd/fbsm';
import { type OnnxOptions, toOnnx, UnsupportedLayerError } from '@fbsd/onnx';
import { expectClose, type Values } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { inputsOf, network, predicted, trained } from './networks.ts';
import { runOnnx } from './runtimes.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const small = () =>
  network([[8, 8, 3]], (x) => {
    const map = layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }).apply(x);
    const pooled = layers.globalAveragePooling2d({}).apply(map as SymbolicTensor);
    return [
      layers.dense({ name: 'first', units: 3 }).apply(pooled as SymbolicTensor),
      layers.dense({ name: 'second', units: 3 }).apply(pooled as SymbolicTensor),
    ];
  });

describe('names', () => {
  test('of inputs and outputs are those of the model', async () => {
    const net = small();
    const { inputs, outputs } = await runOnnx(await toOnnx(net), inputsOf(net));
    expect(inputs).toEqual(net.inputNames);
    expect(Object.keys(outputs)).toEqual(['first', 'second']);
  });
  test('that a layer of several outputs has twice get a number', async () => {
    const net = network([[4, 4, 3]], (x) => fbsm({ name: 'boost', parts: 2 }).apply(x));
    const { outputs } = await runOnnx(await toOnnx(net), inputsOf(net));
    expect(Object.keys(outputs)).toEqual(['boost', 'boost_2']);
  });
});

describe('layout', () => {
  test('nchw takes and gives maps as PyTorch has them', async () => {
    const net = network([[5, 4, 3]], layers.conv2d({ filters: 2, kernelSize: 3 }));
    const [images] = inputsOf(net) as [Values];
    const [expected] = (await predicted(net, [images])) as [Values];
    const file = await toOnnx(net, { layout: 'nchw' });
    const { outputs } = await runOnnx(file, [turned(images)]);
    const [output] = Object.values(outputs) as [Values];
    expect(output.shape).toEqual([2, 2, 3, 2]);
    expectClose(output, turned(expected));
  });
});

describe('scaling', () => {
  const scaling = { mean: [0.5, 0.4, 0.3], std: [0.5, 0.25, 0.2] };
  test.each(['nhwc', 'nchw'] as const)('takes bytes, %s', async (layout) => {
    const net = small();
    const shape = [2, 8, 8, 3];
    const bytes = Uint8Array.from({ length: 2 * 8 * 8 * 3 }, (_, i) => (i * 37) % 256);
    const scaled = Float32Array.from(bytes, (byte, i) => {
      const [mean, std] = [scaling.mean[i % 3] as number, scaling.std[i % 3] as number];
      return (byte / 255 - mean) / std;
    });
    const expected = await predicted(net, [{ shape, data: scaled }]);
    const fed = { shape, data: bytes };
    const file = await toOnnx(net, { layout, scaling });
    const { outputs } = await runOnnx(file, [layout === 'nchw' ? turned(fed) : fed]);
    expectClose(outputs['first'] as Values, expected[0] as Values);
  });
  test('is refused where it does not fit', async () => {
    const net = small();
    await expect(toOnnx(net, { scaling: { mean: [0.5], std: [0.5] } })).rejects.toThrow(
      'scaling needs a mean and a std above 0 for each of 3 channels; got [0.5] and [0.5]',
    );
    const mean = [0.5, 0.5, 0.5];
    for (const std of [
      [1, 1, 0],
      [1, 1, -1],
      [1, 1, Number.NaN],
      [1, 1, Number.POSITIVE_INFINITY],
    ]) {
      await expect(toOnnx(net, { scaling: { mean, std } })).rejects.toThrow('a std above 0');
    }
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const scaling = { mean: [0.5, 0.5, value], std: [1, 1, 1] };
      await expect(toOnnx(net, { scaling })).rejects.toThrow('scaling needs a mean');
    }
    const vectors = network([[3]], layers.dense({ units: 2 }));
    await expect(toOnnx(vectors, { scaling })).rejects.toThrow('models of one input [N,H,W,C]');
  });
});

describe('probabilities', () => {
  test('are the softmax of the sum of the outputs', async () => {
    const net = small();
    const images = inputsOf(net);
    const [first, second] = (await predicted(net, images)) as [Values, Values];
    const { outputs } = await runOnnx(await toOnnx(net, { probabilities: true }), images);
    const expected = tf.tidy(() => {
      const of = ({ shape, data }: Values) =>
        tf.tensor2d(Array.from(data), shape as [number, number]);
      return tf.softmax(tf.add(of(first), of(second))).dataSync();
    });
    expect(Object.keys(outputs)).toEqual(['first', 'second', 'probabilities']);
    expectClose(outputs['probabilities'] as Values, { shape: [2, 3], data: expected });
  });
  test('are refused of outputs that are no logits of the same classes', async () => {
    const net = network([[5, 4, 3]], layers.conv2d({ filters: 2, kernelSize: 3 }));
    await expect(toOnnx(net, { probabilities: true })).rejects.toThrow(
      'logits [N,K] of one number of classes; got [null,3,2,2]',
    );
  });
});

test('strips: what each FBSM makes of every strip', async () => {
  const boost = fbsm({ name: 'boost', parts: 3 });
  const net = network([[7, 4, 5]], (x) => layers.flatten().apply(boost.apply(x)[1]));
  const [images] = inputsOf(net) as [Values];
  const expected = tf.tidy(() => {
    const map = tf.tensor4d(Float32Array.from(images.data), [2, 7, 4, 5]);
    return boost.probabilities(map).dataSync();
  });
  const { outputs } = await runOnnx(await toOnnx(net, { strips: true }), [images]);
  expect(Object.keys(outputs)[1]).toBe('boost/strips');
  expectClose(outputs['boost/strips'] as Values, { shape: [2, 3], data: expected });
});

test('strips of a model without FBSM are refused', async () => {
  await expect(toOnnx(small(), { strips: true })).rejects.toThrow(
    'strips are those of FBSMs, and the model has none. Leave them out.',
  );
});

describe('what cannot be written', () => {
  class Unknown extends layers.Layer {
    static className = 'Unknown';
    override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return [x].flat()[0] as tf.Tensor;
    }
  }
  test('is refused by the name of the layer', async () => {
    const inner = model(
      (() => {
        const x = input({ shape: [4, 4, 3] });
        return {
          inputs: x,
          outputs: new Unknown({ name: 'mine' }).apply(x) as SymbolicTensor,
          name: 'inner',
        };
      })(),
    );
    const net = network([[4, 4, 3]], (x) => inner.apply(x));
    const refused = toOnnx(net);
    await expect(refused).rejects.toThrow(UnsupportedLayerError);
    await expect(refused).rejects.toThrow("layer 'inner/mine' (Unknown) cannot be written as ONNX");
  });
  test.each([
    [layers.upSampling2d({ dataFormat: 'channelsFirst' }), "has dataFormat 'channelsFirst'"],
    [layers.batchNormalization({ axis: 1 }), 'normalises axis 1'],
    [layers.softmax({ axis: [1, 2] }), 'works over several axes'],
  ])('options that ONNX does not have: %#', async (layer, message) => {
    const x = input({ shape: [4, 4, 3] });
    const net = model({ inputs: x, outputs: layer.apply(x) as SymbolicTensor });
    await expect(toOnnx(net)).rejects.toThrow(message);
  });
  test('a layer that was applied with training: true', async () => {
    const net = network([[4]], (x) =>
      layers.dropout({ rate: 0.5, name: 'always' }).apply(x, { training: true }),
    );
    await expect(toOnnx(net)).rejects.toThrow(
      "layer 'always' (Dropout) was applied with training: true",
    );
  });
  test('strips of a map of open size', async () => {
    const net = network([[null, null, 3]], (x) => fbsm({ name: 'boost', parts: 2 }).apply(x));
    await expect(toOnnx(net)).rejects.toThrow(
      "layer 'boost' (FbsdFBSM) cuts maps of an open height",
    );
  });
  test('no model, unknown options', async () => {
    await expect(toOnnx(Promise.resolve(small()) as unknown as LayersModel)).rejects.toThrow(
      'Await it',
    );
    await expect(toOnnx(small(), { opset: 9 } as object)).rejects.toThrow(
      "there is no option 'opset'",
    );
    await expect(toOnnx(small(), { layout: 'nwhc' as 'nhwc' })).rejects.toThrow("got 'nwhc'");
  });
});

describe('the file', () => {
  test('holds the weights once, and little else', async () => {
    const net = fbsd({ arch: 'mini', classes: 5, imageSize: 65 });
    const bytes = net.countParams() * 4;
    const file = await toOnnx(net);
    expect(file.length).toBeGreaterThan(bytes);
    expect(file.length).toBeLessThan(bytes * 1.02);
    net.dispose();
  });
  test('is the same every time, and no tensor is left', async () => {
    const net = small();
    const before = tf.memory().numTensors;
    const [a, b] = [await toOnnx(net), await toOnnx(net)];
    expect(Buffer.compare(a, b)).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
  });
  test('of a sequential model', async () => {
    const net = trained(sequential({ layers: [layers.dense({ inputShape: [3], units: 2 })] }));
    const images = inputsOf(net);
    const [expected] = (await predicted(net, images)) as [Values];
    const { outputs } = await runOnnx(await toOnnx(net), images);
    expectClose(Object.values(outputs)[0] as Values, expected);
  });

  const python = process.env['PYTHON'] ?? 'python3';
  const hasOnnx = spawnSync(python, ['-c', 'import onnx']).status === 0;
  const CHECKED: [string, OnnxOptions][] = [
    ['of a network', {}],
    ['that takes bytes', { scaling: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } }],
    ['as PyTorch has maps', { layout: 'nchw', strips: true }],
  ];
  (hasOnnx ? test : test.skip).each(CHECKED)(
    'passes the checker and the shape inference of Python: %s',
    async (_, options) => {
      const folder = mkdtempSync(join(tmpdir(), 'onnx-'));
      try {
        const path = join(folder, 'model.onnx');
        const net = trained(fbsd({ arch: 'mini', classes: 5, imageSize: 65 }));
        const metadata = { labels: '["a","b"]' };
        writeFileSync(path, await toOnnx(net, { metadata, probabilities: true, ...options }));
        const { stdout, stderr } = spawnSync(python, ['-c', CHECK, path], { encoding: 'utf8' });
        expect(stderr).toBe('');
        expect(JSON.parse(stdout)).toEqual({
          metadata,
          outputs: [
            ...[...net.outputNames, 'probabilities'].map((name) => [name, ['N', 5]]),
            ...(options.strips ? [8, 4, 2] : []).map((parts, i) => [
              `fbsm${i + 1}/strips`,
              ['N', parts],
            ]),
          ],
        });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

const CHECK = `
import json, sys, onnx
model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
sizes = lambda value: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
print(json.dumps({
  'metadata': {entry.key: entry.value for entry in model.metadata_props},
  'outputs': [[value.name, sizes(value)] for value in model.graph.output],
}))
`;

/** [N,H,W,C] → [N,C,H,W], whatever the values are. */
function turned<V extends Values>({ shape, data }: V): V {
  const [n, h, w, c] = shape as [number, number, number, number];
  const result = (data as Float32Array).slice();
  let at = 0;
  for (let b = 0; b < n; b++)
    for (let channel = 0; channel < c; channel++)
      for (let position = 0; position < h * w; position++)
        result[at++] = data[(b * h * w + position) * c + channel] as number;
  return { shape: [n, c, h, w], data: result } as unknown as V;
}
