import { type StateDict, type StateTensor, stateDict } from '@fbsd/backbones';
import { type ArchitectureName, fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { type Native, useNative } from '@fbsd/kernels/node';
import { NoNativeError } from '@fbsd/native';
import { expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  type LayersModel,
  model as layersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { SGD } from '../../src/train/sgd.ts';
import { trainStep } from '../../src/train/train-step.ts';
import '@tensorflow/tfjs-backend-wasm';
import {
  atSamples,
  fillWithReference,
  readNetworkGolden,
  referenceImages,
  referenceName,
} from './reference.ts';

/**
 * Declares the tests that hold a complete model against what the published code computes: boosted
 * maps and logits in evaluation, losses and gradient norms of six training steps, the weights after.
 *
 * @param kernels native: those compiled for the CPU, or where nobody compiled any, wasm's
 */
export function describeGolden(arch: ArchitectureName, kernels: 'wasm' | 'native'): void {
  const golden = readNetworkGolden(`fbsd_${arch}`);
  const { batch, size, classes } = golden;
  describe(`FBSD on ${arch} against the published code`, () => {
    let model: LayersModel;
    let published: StateDict;
    let native: Native | null = null;

    beforeAll(async () => {
      tf.env().set('PROD', true);
      await tf.setBackend('wasm');
      if (kernels === 'native') native = await useNative().catch(unlessNone);
      if (!native) accelerate();
      model = fbsd({ arch, classes, imageSize: size });
      published = fillWithReference(model);
    }, 300_000);
    afterAll(() => native?.dispose());

    test('saved by the published names: every parameter of the published class, no other, as it came', async () => {
      const saved = await stateDict(model, { names: 'fbsd' });
      const isStatistic = (name: string) => /\.running_(mean|var)$/.test(name);
      const parameters = [...saved.keys()].filter((name) => !isStatistic(name));
      expect(parameters.sort()).toEqual(
        Object.keys(golden.train.steps[0]?.grad_norms ?? {}).sort(),
      );
      expect([...saved.keys()].sort()).toEqual([...published.keys()].sort());
      for (const [name, { shape, data }] of saved) {
        const came = published.get(name) as StateTensor;
        expect([name, shape]).toEqual([name, came.shape]);
        expect([name, Buffer.compare(bytesOf(data), bytesOf(came.data))]).toEqual([name, 0]);
        const sampled = golden.train.after[name];
        if (sampled) expect([name, shape]).toEqual([name, sampled.shape]);
      }
    }, 120_000);

    test('evaluation: the boosted maps and the logits', () => {
      const boosted = [1, 2, 3].map(
        (level) => (model.getLayer(`fbsm${level}`).output as SymbolicTensor[])[0] as SymbolicTensor,
      );
      const probe = layersModel({
        inputs: model.inputs,
        outputs: [...boosted, ...model.outputs],
      });
      const images = referenceImages('images', batch, size);
      const outputs = probe.predict(images) as tf.Tensor[];
      golden.eval.taps.forEach((tap, i) => {
        const { actual, expected } = atSamples(outputs[i] as tf.Tensor, tap);
        expectClose(actual, expected);
      });
      golden.eval.logits.forEach((logits, i) => {
        const data = logits.flat();
        // A logit near 0 is a sum of terms that cancel: it is as exact as the larger ones, no more.
        const atol = 1e-5 * Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
        expectClose(outputs[3 + i] as tf.Tensor, { shape: [batch, classes], data }, { atol });
      });
      tf.dispose([images, outputs]);
    }, 120_000);

    test('six training steps: losses, gradient norms, the weights after', async () => {
      const { lr_new, lr_pretrained, steps, after } = golden.train;
      const optimizer = new SGD(model, {
        newLearningRate: lr_new,
        pretrainedLearningRate: lr_pretrained,
      });
      for (const expected of steps) {
        const images = referenceImages(`images.${expected.step}`, batch, size);
        const labels = tf.tensor1d(expected.labels, 'int32');
        let norm: tf.Tensor | undefined;
        const { losses, loss } = await trainStep(model, optimizer, images, labels, {
          onGradients: (gradients) => {
            norm = tf.keep(gradientNorm(gradients));
          },
        });
        const [gradientsNorm] = (await norm?.data()) ?? [];
        tf.dispose([images, labels, ...(norm ? [norm] : [])]);
        // Rounding alone moves the later losses by 1e-3 (float32_losses in the golden).
        const rtol = expected.step === 0 ? 1e-4 : 3e-3;
        const shape = [5];
        expectClose(
          { shape, data: [...losses, loss] },
          { shape, data: [...expected.losses, expected.total] },
          { rtol },
        );
        if (expected.step === 0) {
          expectClose(
            { shape: [1], data: [gradientsNorm as number] },
            { shape: [1], data: [expected.grad_norm] },
            { rtol: 1e-3 },
          );
        }
      }
      const weights = new Map(model.weights.map((w) => [referenceName(w.originalName), w]));
      for (const [name, sampled] of Object.entries(after)) {
        const weight = weights.get(name);
        if (!weight) throw new Error(`the model has no weight for the golden's ${name}`);
        const { actual, expected } = atSamples(weight.read(), sampled);
        expectClose(actual, expected, { rtol: 1e-2 });
      }
      optimizer.dispose();
    }, 600_000);
  });
}

function unlessNone(error: unknown): null {
  if (error instanceof NoNativeError) return null;
  throw error;
}

function bytesOf({ buffer, byteOffset, byteLength }: StateTensor['data']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** √Σ‖g‖² over all gradients: how large a step the batch asks for. */
function gradientNorm(gradients: tf.NamedTensorMap): tf.Tensor {
  return tf.tidy(() => {
    const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
    return tf.sqrt(tf.addN(squares));
  });
}
