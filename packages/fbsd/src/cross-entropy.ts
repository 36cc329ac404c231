import {
  add,
  any,
  cast,
  customGrad,
  div,
  equal,
  exp,
  expandDims,
  fill,
  type GradSaveFunc,
  log,
  max,
  mean,
  mul,
  range,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { firstOrder } from './first-order.ts';
import { checkKnown, shown } from './known-options.ts';
import { hasFusedKernel, runFusedKernel } from './run-fused-kernel.ts';

/** Options of {@link crossEntropies} and `headLosses`. */
export interface CrossEntropyOptions {
  /**
   * ε of label smoothing, from 0 to less than 1: the true class is to have the probability 1 − ε + ε/K, every other one
   * ε/K, as PyTorch's `label_smoothing`. @default 0
   */
  labelSmoothing?: number;
}

/**
 * Mean cross entropy of each head over the batch: −ln softmax(z)[label], with label smoothing
 * −(1 − ε)·ln softmax(z)[label] − ε·mean(ln softmax(z)). It cannot be differentiated twice: its gradient,
 * (softmax(z) − (1 − ε)·onehot(label) − ε/K)/B, is computed along with it.
 *
 * Source of the smoothing: Szegedy et al., *Rethinking the Inception Architecture for Computer Vision*, arXiv 1512.00567.
 *
 * @param logits n × z, float32 [B,K], the last one of all levels together; n is 4 for three levels
 * @param labels classes from 0, int32 [B]; one that is none of the K classes makes the loss and the
 *   gradient of its row NaN: an error would have to wait for the GPU
 * @returns n × []
 * @throws TypeError if shapes or types are others, RangeError for a smoothing out of range
 */
export function crossEntropies(
  logits: readonly Tensor2D[],
  labels: Tensor1D,
  options: CrossEntropyOptions = {},
): Scalar[] {
  const smoothing = checkSmoothing('[@fbsd/fbsd] crossEntropies', options);
  for (const z of logits) check(z, labels);
  return tidy(() => {
    const classes = (logits[0] as Tensor2D).shape[1];
    const plain = hasFusedKernel('FbsdSoftmaxCrossEntropy')
      ? byFusedKernel(labels)
      : fallback(labels, classes);
    const compute = smoothing === 0 ? plain : smoothed(plain, labels, classes, smoothing);
    const op = customGrad((z, save) => {
      const [value, gradient] = compute(z as Tensor2D);
      (save as GradSaveFunc)([gradient, z as Tensor]);
      return {
        value,
        gradFunc: (dy: Tensor, [saved, z]: Tensor[]) =>
          firstOrder('[@fbsd/fbsd] crossEntropies', [mul(saved as Tensor, dy)], [z as Tensor]),
      };
    });
    return logits.map((z) => op(z) as Scalar);
  });
}

function check(logits: Tensor, labels: Tensor): void {
  const isRight =
    logits.rank === 2 &&
    logits.dtype === 'float32' &&
    labels.shape.join() === `${logits.shape[0]}` &&
    labels.dtype === 'int32';
  if (isRight) return;
  throw new TypeError(
    `[@fbsd/fbsd] crossEntropies: expected logits float32 [B,K] and labels int32 [B]; got ${logits.dtype} [${logits.shape}] and ${labels.dtype} [${labels.shape}]. Labels are the numbers of the classes, not one-hot.`,
  );
}

/** The smoothing of the options. @throws TypeError for other options, RangeError for a smoothing out of range */
export function checkSmoothing(where: string, options: CrossEntropyOptions): number {
  checkKnown(where, options, ['labelSmoothing'], '{ labelSmoothing: 0.1 }');
  const { labelSmoothing = 0 } = options;
  if (typeof labelSmoothing === 'number' && labelSmoothing >= 0 && labelSmoothing < 1) {
    return labelSmoothing;
  }
  throw new RangeError(
    `${where}: labelSmoothing must be a number from 0 that is less than 1; got ${shown(labelSmoothing)}. Use 0.1, the usual one, or 0 for none.`,
  );
}

/** Computes the loss [] of logits [B,K] and its gradient [B,K]. */
type CrossEntropy = (logits: Tensor2D) => [Scalar, Tensor2D];

function byFusedKernel(labels: Tensor1D): CrossEntropy {
  return (logits) => runFusedKernel('FbsdSoftmaxCrossEntropy', { logits, labels }, {});
}

/**
 * With label smoothing, which adds ε·mean(z[label] − mean(z)) over the batch, whatever computes the rest: all else in the
 * logarithms of the softmax is the same for every class.
 */
function smoothed(
  plain: CrossEntropy,
  labels: Tensor1D,
  classes: number,
  smoothing: number,
): CrossEntropy {
  const marks = cast(marksOf(labels, classes), 'float32');
  const direction = mul(sub(marks, 1 / classes), smoothing / labels.size); // ε·(onehot(label) − 1/K)/B
  return (logits) =>
    tidy(() => {
      const [loss, gradient] = plain(logits);
      return [add(loss, sum(mul(logits, direction))), add(gradient, direction)] as [
        Scalar,
        Tensor2D,
      ];
    });
}

/** Which logit is that of the label, bool [B,K]. */
function marksOf(labels: Tensor1D, classes: number): Tensor2D {
  return equal(expandDims(labels, 1), range(0, classes, 1, 'int32')) as Tensor2D;
}

function fallback(labels: Tensor1D, classes: number): CrossEntropy {
  const isLabel = marksOf(labels, classes);
  const marks = cast(isLabel, 'float32');
  const batch = labels.size;
  const isClass = any(isLabel, 1, true); // [B,1]
  const zeros = zerosLike(marks);
  const missing = where(isClass, zerosLike(cast(isClass, 'float32')), fill([batch, 1], Number.NaN));
  return (logits) =>
    tidy(() => {
      // Shifted by the largest, so that no exponential is infinite and one of them is 1.
      const shifted = sub(logits, max(logits, 1, true));
      const exponentials = exp(shifted);
      const total = sum(exponentials, 1, true);
      const ofLabel = sum(where(isLabel, shifted, zeros), 1, true);
      const losses = sub(log(total), ofLabel);
      const difference = sub(div(exponentials, total), marks);
      // Last, since on GPUs not every function of NaN is NaN.
      return [mean(add(losses, missing)), div(add(difference, missing), batch)] as [
        Scalar,
        Tensor2D,
      ];
    });
}
