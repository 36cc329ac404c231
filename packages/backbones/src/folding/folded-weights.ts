import {
  add,
  mul,
  ones,
  reshape,
  rsqrt,
  sub,
  type Tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/**
 * Kernel and bias of a layer that computes what it and the batch norm after it computed:
 *
 * scale = γ/√(variance + ε); kernel·scale, (bias − mean)·scale + β, per output channel
 */
export function foldedWeights(layer: Layer, norm: Layer): Tensor[] {
  return tidy(() => {
    const [kernel, bias] = layer.getWeights() as [Tensor, Tensor?];
    const mean = weightOf(norm, 'moving_mean') as Tensor;
    const variance = weightOf(norm, 'moving_variance') as Tensor;
    const gamma = weightOf(norm, 'gamma') ?? ones(mean.shape);
    const beta = weightOf(norm, 'beta') ?? zeros(mean.shape);
    const { epsilon } = norm as unknown as { epsilon: number };
    const scale = mul(gamma, rsqrt(add(variance, epsilon)));
    // A depthwise kernel is [h,w,C,multiplier]: its last two axes are the output channels.
    const channels = layer.getClassName() === 'DepthwiseConv2D' ? kernel.shape.slice(-2) : [-1];
    const centred = bias ? sub(bias, mean) : sub(zeros(mean.shape), mean);
    return [mul(kernel, reshape(scale, channels)), add(mul(centred, scale), beta)];
  });
}

function weightOf(layer: Layer, name: string): Tensor | undefined {
  return layer.weights.find(({ originalName }) => originalName.endsWith(`/${name}`))?.read();
}
