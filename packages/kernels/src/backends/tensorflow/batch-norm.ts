import type { FusedAttrs, FusedInputs } from '@fbsd/fused-kernels';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from './define-kernels.ts';
import type { Attribute, Ops } from './ops.ts';

type Inputs = FusedInputs<'FbsdFusedBatchNorm'>;
type Attributes = FusedAttrs<'FbsdFusedBatchNorm'>;

/**
 * FbsdFusedBatchNorm: y, mean and biased variance of the batch, and what TensorFlow's backward pass
 * wants back: three tensors whose content differs between CPU and GPU.
 */
export const fusedBatchNorm = fusedKernel('FbsdFusedBatchNorm', (ops, inputs, attributes) => {
  const none = ops.empty();
  const [normalized, mean, unbiased, ...reserved] = run(ops, inputs, none, none, attributes, true);
  const n = inputs.x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const variance = ops.single('Mul', [unbiased as Tensor, (n - 1) / n]);
  const y = finish(ops, normalized as Tensor, inputs, attributes);
  return [y, mean as Tensor, variance, ...reserved];
});

/** FbsdNormalize: [relu](γ·(x − mean)/√(variance + ε) + β [+ residual]). */
export const normalize = fusedKernel('FbsdNormalize', (ops, inputs, attributes) => {
  const [normalized] = run(ops, inputs, inputs.mean, inputs.variance, attributes, false);
  return [finish(ops, normalized as Tensor, inputs, attributes)];
});

/** FbsdFusedBatchNormGradient: dx, dγ, dβ and, if there is a residual, its gradient. */
export const fusedBatchNormGradient = fusedKernel(
  'FbsdFusedBatchNormGradient',
  (ops, { dy, x, gamma, y, reserved0, reserved1, reserved2 }, { epsilon, residual }) => {
    const masked = y && ops.single('ReluGrad', [dy, y]);
    const [dx, dgamma, dbeta] = ops.multiple(
      'FusedBatchNormGradV3',
      [image(ops, masked ?? dy), image(ops, x), gamma, reserved0, reserved1, reserved2],
      attributesOf(ops, epsilon, true),
      5,
    ) as [Tensor, Tensor, Tensor];
    const dresidual = residual ? [masked ?? ops.single('Identity', [dy])] : [];
    return [ops.reshape(dx, x.shape), dgamma, dbeta, ...dresidual];
  },
);

/** FbsdNormalizeGradient: dx, dmean, dvariance, dγ, dβ and, if there is a residual, its gradient. */
export const normalizeGradient = fusedKernel(
  'FbsdNormalizeGradient',
  (ops, { dy, x, gamma, y, mean, variance }, { epsilon, residual }) => {
    const masked = y && ops.single('ReluGrad', [dy, y]);
    const [dx, dgamma, dbeta] = ops.multiple(
      'FusedBatchNormGradV3',
      [image(ops, masked ?? dy), image(ops, x), gamma, mean, variance, ops.empty()],
      attributesOf(ops, epsilon, false),
      5,
    ) as [Tensor, Tensor, Tensor];
    const s = ops.single('Rsqrt', [ops.single('AddV2', [variance, epsilon])]);
    const k = ops.single('Mul', [gamma, s]);
    const dmean = ops.single('Neg', [ops.single('Mul', [k, dbeta])]);
    const half = ops.single('Mul', [ops.single('Mul', [k, s]), -0.5]);
    const dvariance = ops.single('Mul', [half, dgamma]);
    const dresidual = residual ? [masked ?? ops.single('Identity', [dy])] : [];
    return [ops.reshape(dx, x.shape), dmean, dvariance, dgamma, dbeta, ...dresidual];
  },
);

function run(
  ops: Ops,
  { x, gamma, beta }: Inputs,
  mean: TensorInfo,
  variance: TensorInfo,
  { epsilon }: Pick<Attributes, 'epsilon'>,
  training: boolean,
): Tensor[] {
  const inputs = [image(ops, x), gamma, beta, mean, variance];
  return ops.multiple('FusedBatchNormV3', inputs, attributesOf(ops, epsilon, training), 6);
}

/** Adds the residual and applies the ReLU, in x's shape. */
function finish(ops: Ops, normalized: Tensor, { x, residual }: Inputs, { relu }: Attributes) {
  let y = ops.reshape(normalized, x.shape);
  if (residual) {
    y = ops.single('AddV2', [y, residual]);
    ops.free(normalized);
  }
  return relu ? ops.single('Relu', [y]) : y;
}

/** [..., C] → [B,H,W,C], the only rank that TensorFlow's op takes. */
function image(ops: Ops, x: TensorInfo): Tensor {
  return ops.reshape(x, x.shape.length === 4 ? x.shape : [-1, 1, 1, x.shape.at(-1) as number]);
}

function attributesOf(ops: Ops, epsilon: number, training: boolean): Attribute[] {
  return [
    ops.type('T'),
    ops.type('U'),
    ops.attribute('epsilon', 'FLOAT', epsilon),
    ops.attribute('data_format', 'STRING', 'NHWC'),
    ops.attribute('is_training', 'BOOL', training),
  ];
}
