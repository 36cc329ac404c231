import { FBSM, type FBSMArgs, fbsm } from '@fbsd/fbsm';
import {
  checkLayer,
  describeBackends,
  expectClose,
  expectNoLeak,
  parameter,
  readGolden,
  signal,
  toHWIO,
  toNHWC,
  toTensor,
  type Values,
} from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, input, layers, loadLayersModel, model } from '@tensorflow/tfjs-layers';

const GOLDENS = [
  { name: 'fbsm_small', shape: [2, 5, 8, 6], args: { parts: 4 } },
  { name: 'fbsm_k2', shape: [3, 16, 14, 14], args: { parts: 2 } },
  { name: 'fbsm_k8_alpha', shape: [2, 32, 16, 10], args: { parts: 8, alpha: 0.8 } },
];

/** A layer with the generated weights of a golden case. */
function goldenLayer(name: string, channels: number, args: FBSMArgs): FBSM {
  const layer = fbsm(args);
  layer.apply(input({ shape: [null, null, channels] }));
  tf.tidy(() => {
    const of = (key: string) => toTensor(parameter(`${name}.stripconv.${key}`, [1]));
    const kernel = toHWIO(parameter(`${name}.stripconv.0.weight`, [1, channels, 1, 1]));
    const norm = ['1.weight', '1.bias', '1.running_mean', '1.running_var'].map(of);
    layer.setWeights([kernel, of('0.bias'), ...norm]);
  });
  return layer;
}

describeBackends('FBSM', () => {
  describe('shape', () => {
    test('two maps of the shape of the input', () => {
      const [boosted, suppressed] = fbsm({ parts: 8 }).apply(input({ shape: [56, 56, 512] }));
      expect(boosted.shape).toEqual([null, 56, 56, 512]);
      expect(suppressed.shape).toEqual([null, 56, 56, 512]);
    });

    test('height and width may be open', () => {
      const x = input({ shape: [null, null, 3] });
      const net = model({ inputs: x, outputs: fbsm({ parts: 2 }).apply(x) });
      tf.tidy(() => {
        for (const size of [2, 5]) {
          const outputs = net.predict(tf.ones([1, size, size, 3])) as tf.Tensor[];
          expect(outputs.map((y) => y.shape)).toEqual([
            [1, size, size, 3],
            [1, size, size, 3],
          ]);
        }
      });
      net.dispose();
    });

    test('the weights, in their order', () => {
      const layer = fbsm({ parts: 2, name: 'strip' });
      layer.apply(input({ shape: [4, 4, 6] }));
      expect(layer.weights.map(({ originalName, shape }) => [originalName, shape])).toEqual([
        ['strip/kernel', [1, 1, 6, 1]],
        ['strip/bias', [1]],
        ['strip/gamma', [1]],
        ['strip/beta', [1]],
        ['strip/moving_mean', [1]],
        ['strip/moving_variance', [1]],
      ]);
      expect(layer.trainableWeights).toHaveLength(4);
      layer.dispose();
    });
  });

  describe('values', () => {
    test.each(GOLDENS)('equals the published code: $name', ({ name, shape, args }) => {
      const golden = readGolden(new URL(`./goldens/${name}.safetensors`, import.meta.url));
      const of = (key: string) => golden.get(key) as Values;
      const layer = goldenLayer(name, shape[1] as number, args);
      const [x, dBoosted, dSuppressed] = ['x', 'grad_boosted', 'grad_suppressed'].map((key) =>
        toNHWC(signal(`${name}.${key}`, shape)),
      ) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];

      const [boosted, suppressed] = layer.apply(x);
      expectClose(boosted, toNHWC(of('eval_boosted')));
      expectClose(suppressed, toNHWC(of('eval_suppressed')));

      // One training pass only, since each moves the running statistics: x goes as a variable.
      const variable = tf.variable(x);
      const { grads } = tf.variableGrads(() => {
        const [b, s] = layer.apply(variable, { training: true });
        expectClose(b, toNHWC(of('train_boosted')));
        expectClose(s, toNHWC(of('train_suppressed')));
        return tf.add(tf.sum(tf.mul(b, dBoosted)), tf.sum(tf.mul(s, dSuppressed)));
      });

      const gradient = (i: number) => grads[layer.weights[i]?.name as string] as tf.Tensor;
      expectClose(grads[variable.name] as tf.Tensor, toNHWC(of('grad_x')));
      expectClose(gradient(0), toHWIO(of('grad_conv_weight')));
      expectClose(gradient(2), of('grad_bn_weight'));
      expectClose(gradient(3), of('grad_bn_bias'));
      // Zero by nature, since a batch norm follows; the published code leaves rounding noise.
      expect(Math.abs(of('grad_conv_bias').data[0] as number)).toBeLessThan(1e-6);
      expect(Array.from(gradient(1).dataSync())).toEqual([0]);

      const [mean, variance] = layer.getWeights().slice(4) as [tf.Tensor, tf.Tensor];
      expectClose(mean, of('running_mean_after'));
      expectClose(variance, of('running_var_after'));
    });

    test('evaluation leaves the running statistics alone', () => {
      const layer = fbsm({ parts: 2 });
      tf.tidy(() => {
        layer.apply(toTensor(signal('x', [2, 4, 4, 3])));
      });
      expect(
        layer
          .getWeights()
          .slice(4)
          .map((w) => w.dataSync()[0]),
      ).toEqual([0, 1]);
      layer.dispose();
    });

    test('the running statistics take one update per strip, of uneven strips too', () => {
      tf.tidy(() => {
        const initial = { kernelInitializer: 'ones', biasInitializer: 'zeros' };
        const layer = fbsm({ parts: 2, momentum: 0.25, ...initial });
        // Strip 0 is row 0 with the values 1, 3; strip 1 is rows 1 and 2 with 0, 2, 4, 6.
        layer.apply(tf.tensor4d([1, 0, 2, 3, 4, 6], [2, 3, 1, 1]), { training: true });
        const [mean, variance] = layer.getWeights().slice(4) as [tf.Tensor, tf.Tensor];
        const update = (r: number, values: number[]) =>
          values.reduce((running, v) => 0.75 * running + 0.25 * v, r);
        expectClose(mean, { shape: [1], data: [update(0, [2, 3])] }, { rtol: 1e-6 });
        expectClose(variance, { shape: [1], data: [update(1, [2, 20 / 3])] }, { rtol: 1e-6 });
      });
    });

    test('trainable = false freezes the weights, not the mode', () => {
      tf.tidy(() => {
        const x = toTensor(signal('x', [2, 4, 4, 3]));
        const create = (trainable: boolean) => {
          const kernelInitializer = initializers.heNormal({ seed: 1 });
          return fbsm({ parts: 2, trainable, kernelInitializer });
        };
        const frozen = create(false);
        const [boosted] = frozen.apply(x, { training: true });
        expectClose(boosted, create(true).apply(x, { training: true })[0], { rtol: 1e-6 });
        expect(frozen.trainableWeights).toHaveLength(0);
        expect(frozen.getWeights()[4]?.dataSync()[0]).not.toBe(0);
      });
    });

    test('probabilities say which strip is boosted and suppressed', () => {
      const layer = goldenLayer('fbsm_small', 5, { parts: 4 });
      tf.tidy(() => {
        const x = toNHWC(signal('fbsm_small.x', [2, 5, 8, 6]));
        const p = layer.probabilities(x);
        expect(p.shape).toEqual([2, 4]);
        expectClose(tf.sum(p, 1), { shape: [2], data: [1, 1] }, { rtol: 1e-6 });
        const [boosted, suppressed] = layer.apply(x);
        const ofStrip = (y: tf.Tensor) => tf.mean(tf.reshape(tf.div(y, x), [2, 4, -1]), 2);
        expectClose(ofStrip(boosted), tf.add(1, tf.mul(p, 0.5)), { rtol: 1e-5 });
        const least = tf.argMin(ofStrip(suppressed), 1);
        expect(least.dataSync()).toEqual(tf.argMax(p, 1).dataSync());
      });
      layer.dispose();
    });
  });

  describe('training', () => {
    test('fit reduces the loss and moves every weight', async () => {
      const x = input({ shape: [7, 6, 4] });
      const [boosted, suppressed] = fbsm({
        parts: 3,
        kernelInitializer: initializers.glorotUniform({ seed: 7 }),
      }).apply(x);
      const both = layers.concatenate().apply([boosted, suppressed]);
      const pooled = layers.globalAveragePooling2d({}).apply(both);
      const kernelInitializer = initializers.glorotUniform({ seed: 8 });
      const outputs = layers.dense({ units: 2, kernelInitializer }).apply(pooled);
      const net = model({ inputs: x, outputs: outputs as ReturnType<typeof input> });
      net.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
      const initial = net.getWeights().map((w) => w.dataSync().slice());
      const images = toTensor(signal('images', [8, 7, 6, 4]));
      const targets = toTensor(signal('targets', [8, 2]));
      const options = { epochs: 15, batchSize: 4, shuffle: false, verbose: 0 } as const;
      const { history } = await net.fit(images, targets, options);
      const losses = history['loss'] as number[];
      expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number));
      const moved = net
        .getWeights()
        .map((w, i) => w.dataSync().some((v, j) => v !== initial[i]?.[j]));
      const names = net.weights.map((w) => w.originalName.split('/').at(-1));
      expect(names.filter((_, i) => !moved[i])).toEqual(['bias']); // of the convolution: see values
      net.dispose();
      tf.dispose([images, targets]);
    });
  });

  describe('serialisation', () => {
    test('a model of it saves and loads', async () => {
      await checkLayer(() => fbsm({ parts: 3 }), [[7, 5, 4]]);
      await checkLayer(
        () => fbsm({ parts: 2, alpha: 1, beta: 0.2, axis: 'width', epsilon: 1e-3, momentum: 0.3 }),
        [[4, 5, 6]],
      );
    });

    test('the configuration makes the same layer again, through JSON', async () => {
      const args = { parts: 3, alpha: 0.7, beta: 0.2, axis: 'width', epsilon: 1e-3 } as const;
      const kernelInitializer = initializers.heUniform({ seed: 3 });
      const layer = fbsm({ ...args, momentum: 0.3, kernelInitializer, name: 'strips' });
      const restored = new FBSM(JSON.parse(JSON.stringify(layer.getConfig())) as FBSMArgs);
      expect(restored.getConfig()).toEqual(layer.getConfig());
      expect(restored.getConfig()).toMatchObject({ ...args, momentum: 0.3, name: 'strips' });
      expect(restored.getClassName()).toBe('FbsdFBSM');
    });

    test('trained statistics come back', async () => {
      const x = input({ shape: [4, 4, 3] });
      const net = model({ inputs: x, outputs: fbsm({ parts: 2 }).apply(x) });
      tf.tidy(() => {
        net.apply(toTensor(signal('x', [2, 4, 4, 3])), { training: true });
      });
      let saved: tf.io.ModelArtifacts = {};
      await net.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = artifacts;
          return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
        }),
      );
      const restored = await loadLayersModel(tf.io.fromMemory(saved));
      const values = (m: typeof net) => m.getWeights().map((w) => Array.from(w.dataSync()));
      expect(values(restored)).toEqual(values(net));
      expect(values(restored)[4]).not.toEqual([0]);
      net.dispose();
      restored.dispose();
    });

    test('kernelInitializer is a name, an object or a configuration', () => {
      const of = (kernelInitializer: NonNullable<FBSMArgs['kernelInitializer']>) =>
        fbsm({ parts: 2, kernelInitializer }).getConfig()['kernelInitializer'];
      const expected = { className: 'Ones', config: {} };
      expect(of('ones')).toEqual(expected);
      expect(of(initializers.ones())).toEqual(expected);
      expect(of(expected)).toEqual(expected);
    });

    test('biasInitializer and seed are kept', () => {
      const layer = fbsm({ parts: 2, biasInitializer: 'ones', seed: 3 });
      expect(layer.getConfig()).toMatchObject({
        biasInitializer: { className: 'Ones', config: {} },
        seed: 3,
      });
      layer.build([null, 4, 4, 3]);
      expect(layer.getWeights()[1]?.dataSync()[0]).toBe(1);
    });
  });

  describe('initial weights', () => {
    const drawn = (seed: number | undefined, channels: number) => {
      const layer = fbsm(seed === undefined ? { parts: 2 } : { parts: 2, seed });
      layer.build([null, 4, 4, channels]);
      const [kernel, bias] = layer.getWeights().map((w) => w.dataSync<'float32'>().slice());
      tf.dispose(layer.getWeights());
      return { kernel: kernel as Float32Array, bias: bias?.[0] as number };
    };
    /** Mean and deviation over those of U(±1/√C). */
    const moments = (values: Float32Array, channels: number) => {
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const square = values.reduce((sum, x) => sum + x * x, 0) / values.length;
      return [mean * Math.sqrt(3 * channels), Math.sqrt(3 * channels * square)];
    };

    test('kernel and bias are uniform in ±1/√C, as in PyTorch', () => {
      const [mean, deviation] = moments(drawn(1, 4096).kernel, 4096);
      expect(mean).toBeCloseTo(0, 1);
      expect(deviation).toBeCloseTo(1, 1);
      const biases = Float32Array.from({ length: 400 }, (_, i) => drawn(10 * i, 16).bias);
      const [biasMean, biasDeviation] = moments(biases, 16);
      expect(Math.abs(biasMean as number)).toBeLessThan(0.2);
      expect(Math.abs((biasDeviation as number) - 1)).toBeLessThan(0.1);
      const largest = Math.max(...biases.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(0.25);
      expect(largest).toBeGreaterThan(0.24);
    });

    test('a seed decides them', () => {
      expect(drawn(5, 8)).toEqual(drawn(5, 8));
      expect(drawn(5, 8)).not.toEqual(drawn(6, 8));
      expect(drawn(undefined, 8)).not.toEqual(drawn(undefined, 8));
      expect(drawn(5, 1).kernel[0]).not.toBe(drawn(5, 1).bias); // seeds of their own
    });
  });

  describe('errors', () => {
    test('options', () => {
      expect(() => fbsm({} as FBSMArgs)).toThrow(
        new RangeError('[@fbsd/fbsm] FBSM: parts must be an integer of at least 1; got undefined.'),
      );
      expect(() => fbsm({ parts: 2, momentum: 2 })).toThrow(
        new RangeError('[@fbsd/fbsm] FBSM: momentum must be a number from 0 to 1; got 2.'),
      );
      expect(() => fbsm({ parts: 2, kernelInitializer: 'glorot' })).toThrow(
        new RangeError(
          '[@fbsd/fbsm] FBSM: kernelInitializer must be an initializer of tfjs or its name; ' +
            "got 'Glorot'. Use one of tf.initializers, for example 'glorotUniform'.",
        ),
      );
    });

    test('more strips than rows, when the layer is built', () => {
      expect(() => fbsm({ parts: 8 }).apply(input({ shape: [4, 9, 16] }))).toThrow(
        new RangeError(
          '[@fbsd/fbsm] FBSM: parts=8 needs a height of at least 8; got input [null,4,9,16] (height 4). ' +
            'Use fewer parts or a larger input.',
        ),
      );
    });

    test('more strips than rows, when the height was open', () => {
      const layer = fbsm({ parts: 8 });
      layer.apply(input({ shape: [null, null, 2] }));
      const x = tf.ones([1, 4, 9, 2]) as tf.Tensor4D;
      const message = 'FBSM: parts=8 needs a height of at least 8; got input [1,4,9,2] (height 4).';
      expect(() => layer.apply(x)).toThrow(message);
      expect(() => layer.probabilities(x)).toThrow(message);
      x.dispose();
      layer.dispose();
    });

    test('rank, channels and number of inputs', () => {
      expect(() => fbsm({ parts: 2 }).apply(input({ shape: [16] }))).toThrow(
        'FBSM: expects a map of rank 4, [batch,height,width,channels]; got [null,16] (rank 2).',
      );
      expect(() => fbsm({ parts: 2 }).apply(input({ shape: [4, 4, null] }))).toThrow(
        'FBSM: the number of channels must be known; got input [null,4,4,null].',
      );
      const two = [input({ shape: [4, 4, 2] }), input({ shape: [4, 4, 2] })];
      expect(() => fbsm({ parts: 2 }).apply(two as never)).toThrow('FBSM: takes one input; got 2.');
    });

    test('probabilities before there are weights', () => {
      const x = tf.ones([1, 4, 4, 2]) as tf.Tensor4D;
      expect(() => fbsm({ parts: 2, name: 'early' }).probabilities(x)).toThrow(
        "[@fbsd/fbsm] FBSM: layer 'early' has no weights yet. Apply it to an input, or call build().",
      );
      x.dispose();
    });
  });

  describe('memory', () => {
    test('forward, gradient, training step and dispose', () => {
      const before = tf.memory().numTensors;
      const layer = fbsm({ parts: 3 });
      const x = toTensor<tf.Tensor4D>(signal('x', [2, 7, 5, 4]));
      const loss = () => {
        const [boosted, suppressed] = layer.apply(x, { training: true });
        return tf.mean(tf.square(tf.add(boosted, suppressed))) as tf.Scalar;
      };
      expectNoLeak(() => layer.apply(x));
      expectNoLeak(() => layer.apply(x, { training: true }));
      expectNoLeak(() => layer.probabilities(x));
      expectNoLeak(() => tf.variableGrads(loss));
      const optimizer = tf.train.sgd(0.1);
      expectNoLeak(() => optimizer.minimize(loss, true) as tf.Scalar);
      optimizer.dispose();
      layer.dispose();
      x.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
