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
import { hasFusedKernel, runFusedKernel } from './run-fused-kernel.ts';

/**
 * Mean cross entropy of each head over the batch: −ln softmax(z)[label]. It cannot be differentiated twice:
 * its gradient, (softmax(z) − onehot(label))/B, is computed along with it.
 *
 * @param logits n × z, float32 [B,K], the last one of all levels together; n is 4 for three levels
 * @param labels classes from 0, int32 [B]; one that is none of the K classes makes the loss and the
 *   gradient of its row NaN: an error would have to wait for the GPU
 * @returns n × []
 * @throws TypeError if shapes or types are others
 */
export function crossEntropies(logits: readonly Tensor2D[], labels: Tensor1D): Scalar[] {
  for (const z of logits) check(z, labels);
  return tidy(() => {
    const compute = hasFusedKernel('FbsdSoftmaxCrossEntropy')
      ? byFusedKernel(labels)
      : fallback(labels, (logits[0] as Tensor2D).shape[1]);
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

/** Computes the loss [] of logits [B,K] and its gradient [B,K]. */
type CrossEntropy = (logits: Tensor2D) => [Scalar, Tensor2D];

function byFusedKernel(labels: Tensor1D): CrossEntropy {
  return (logits) => runFusedKernel('FbsdSoftmaxCrossEntropy', { logits, labels }, {});
}

function fallback(labels: Tensor1D, classes: number): CrossEntropy {
  const isLabel = equal(expandDims(labels, 1), range(0, classes, 1, 'int32')); // [B,K]
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
