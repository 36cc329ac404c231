import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Value } from '../graph.ts';
import {
  type Converter,
  elementwise,
  requiredWeight,
  UnsupportedLayerError,
  type Use,
  weightOf,
} from './use.ts';

/** The weights of a batch norm over the last axis. */
export interface NormWeights {
  gamma: string;
  beta: string;
  mean: string;
  variance: string;
}

/** Batch norm with given statistics, of a map or a vector. */
export function normalized(
  { graph, path }: Pick<Use, 'graph' | 'path'>,
  x: Value,
  { gamma, beta, mean, variance }: NormWeights,
  epsilon: number,
): Value {
  const value = graph.channelsFirst(x);
  const operands = [value, gamma, beta, mean, variance];
  return graph.operation(path, 'BatchNormalization', operands, {
    attributes: { epsilon: { float: epsilon } },
    shape: x.shape,
    channelsFirst: value.channelsFirst,
  });
}

/** The weights of a layer's batch norm. @param prefix of their names. @default none */
export function normWeights(use: Use, prefix = ''): NormWeights {
  const { graph, path } = use;
  const mean = requiredWeight(use, `${prefix}moving_mean`);
  const named = (name: string, tensor: Tensor) => graph.weight(`${path}/${prefix}${name}`, tensor);
  const constant = (name: string, value: number) =>
    graph.floats(`${path}/${name}`, mean.shape, new Float32Array(mean.size).fill(value));
  const [gamma, beta] = [weightOf(use, `${prefix}gamma`), weightOf(use, `${prefix}beta`)];
  return {
    gamma: gamma ? named('gamma', gamma) : constant('gamma', 1),
    beta: beta ? named('beta', beta) : constant('beta', 0),
    mean: named('moving_mean', mean),
    variance: named('moving_variance', requiredWeight(use, `${prefix}moving_variance`)),
  };
}

/** Tells if an axis is the last one alone; in a list, too, as TensorFlow 2 saved it. */
function isLast(axis: number | readonly number[], { length }: Shape): boolean {
  const [only, ...others] = [axis].flat();
  return others.length === 0 && (only === -1 || only === length - 1);
}

const batchNormalization: Converter = (use) => {
  const { axis = -1, epsilon } = use.config as { axis?: number | number[]; epsilon: number };
  const { shape } = use.inputs[0];
  if (!isLast(axis, shape) || shape.length === 3) {
    throw new UnsupportedLayerError(
      use,
      `normalises axis ${axis} of [${shape.map(String)}]. Those that can be written normalise the last axis of [B,C] or [B,H,W,C].`,
    );
  }
  return normalized(use, use.inputs[0], normWeights(use), epsilon);
};

/** `FbsdBatchNorm`: with an addition and a ReLU, where it has them. */
const batchNorm: Converter = (use) => {
  const { epsilon, activation } = use.config as { epsilon: number; activation: string };
  const [x, residual] = use.inputs;
  const y = normalized(use, x, normWeights(use), epsilon);
  const sum = residual ? elementwise(use, 'Add', [y, residual]) : y;
  return activation === 'relu' ? elementwise(use, 'Relu', [sum]) : sum;
};

const layerNormalization: Converter = (use) => {
  const { graph, path, inputs, shapes } = use;
  const { axis = -1, epsilon } = use.config as { axis?: number | number[]; epsilon: number };
  const x = graph.channelsLast(inputs[0]);
  if (!isLast(axis, x.shape)) {
    throw new UnsupportedLayerError(use, `normalises axis ${axis}. Use the last axis.`);
  }
  const channels = x.shape.at(-1) as number;
  const weight = (name: string, value: number) => {
    const tensor = weightOf(use, name);
    return tensor
      ? graph.weight(`${path}/${name}`, tensor)
      : graph.floats(`${path}/${name}`, [channels], new Float32Array(channels).fill(value));
  };
  return graph.operation(path, 'LayerNormalization', [x, weight('gamma', 1), weight('beta', 0)], {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
    shape: shapes[0],
  });
};

/** Norms, by class name. */
export const normalizationLayers: Readonly<Record<string, Converter>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  FbsdBatchNorm: batchNorm,
};
