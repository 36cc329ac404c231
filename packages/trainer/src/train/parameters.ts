import { newWeightNames } from '@fbsd/fbsd';
import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layerScales } from './layer-scales.ts';
import type { LearningRates } from './metrics.ts';

/** A tensor by the name of the weight that it belongs to. */
export interface NamedTensor {
  /** As the weight's `originalName`: `fbsm1/kernel`. */
  name: string;
  /** Of the weight's shape. */
  tensor: Tensor;
}

/** The learning rates of an optimizer, as it was given them. */
export interface GivenRates {
  newLearningRate: number;
  pretrainedLearningRate: number;
  layerDecay: number;
}

/** A weight that an optimizer moves. */
export interface Parameter {
  readonly name: string;
  readonly variable: Variable;
  /** True for a weight of a new layer, which the backbone's learning rate is not for. */
  readonly isNew: boolean;
  /** Factor of the learning rate, by the stage of the backbone. */
  readonly scale: number;
}

/**
 * The trainable weights of a model by the name of their variable.
 *
 * @param optimizer for messages
 * @throws TypeError for two different learning rates if the model does not say which layers are new, and for layer-wise
 *   decay if its layers do not tell their stage; RangeError for a decay out of range
 */
export function parametersOf(
  optimizer: string,
  model: LayersModel,
  { newLearningRate, pretrainedLearningRate, layerDecay }: GivenRates,
): Map<string, Parameter> {
  const newNames = newWeightNames(model);
  if (!newNames && newLearningRate !== pretrainedLearningRate) {
    throw new TypeError(
      `[@fbsd/trainer] ${optimizer}: learning rates ${newLearningRate} for new layers and ${pretrainedLearningRate} for the backbone, but '${model.name}' does not say which of its layers are new. ` +
        'Build it with fbsd() or attachFBSD(), tell with markNewLayers() of @fbsd/fbsd, or make both rates the same.',
    );
  }
  const isNew = (name: string) => newNames?.has(name) ?? true;
  const names = model.trainableWeights.map(({ originalName }) => originalName);
  const scaleOf = layerScales(
    optimizer,
    names.filter((name) => !isNew(name)),
    layerDecay,
  );
  return new Map(
    model.trainableWeights.map((weight) => {
      const name = weight.originalName;
      const variable = weight.read() as Variable;
      const scale = isNew(name) ? 1 : scaleOf(name);
      return [variable.name, { name, variable, isNew: isNew(name), scale }];
    }),
  );
}

/** The gradients with the parameters that they belong to. @throws Error for a gradient of another model's weight */
export function* paired<P extends Parameter>(
  optimizer: string,
  parameters: ReadonlyMap<string, P>,
  gradients: NamedTensorMap | NamedTensor[],
): Generator<[parameter: P, gradient: Tensor]> {
  const named = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor] as const)
    : Object.entries(gradients);
  for (const [name, gradient] of named) {
    const parameter = parameters.get(name);
    if (!parameter)
      throw new Error(`[@fbsd/trainer] ${optimizer}: '${name}' is not a weight of its model.`);
    yield [parameter, gradient];
  }
}

/** The learning rate of a parameter. */
export function rateOf({ isNew, scale }: Parameter, rates: LearningRates): number {
  return (isNew ? rates.new : rates.pretrained) * scale;
}

/** Both learning rates as the next step uses them; stages may have less. */
export function ratesOf(
  { newLearningRate, pretrainedLearningRate }: GivenRates,
  factor: number,
): LearningRates {
  return { new: newLearningRate * factor, pretrained: pretrainedLearningRate * factor };
}

/**
 * Refuses what no step can be made with.
 *
 * @param below1 names of the values that have to be less than 1
 * @throws RangeError that names the first
 */
export function checkNumbers(
  optimizer: string,
  args: Readonly<Record<string, number>>,
  below1: readonly string[],
): void {
  for (const [name, value] of Object.entries(args)) {
    const rounded = Math.fround(value);
    const bounded = below1.includes(name);
    if (rounded >= 0 && rounded < (bounded ? 1 : Number.POSITIVE_INFINITY)) continue;
    throw new RangeError(
      `[@fbsd/trainer] ${optimizer}: ${name} must be a number from 0 to ${bounded ? 'less than 1' : '3.4e38'}, as float32 has it; got ${value}.`,
    );
  }
}
