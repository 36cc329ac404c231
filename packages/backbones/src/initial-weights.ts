import { initializers } from '@tensorflow/tfjs-layers';

/** A tfjs initializer, as `tf.initializers.*` makes them. */
export type Initializer = ReturnType<typeof initializers.zeros>;

/** Gives every weight of a network a seed of its own, so that one seed decides all of them. */
export type Seeds = () => number | undefined;

/** Seeds counted up from `seed`, or none at all. */
export function seedsFrom(seed: number | undefined): Seeds {
  let next = seed;
  return () => (next === undefined ? undefined : next++);
}

/**
 * He et al.'s normal, as PyTorch's `kaiming_normal_` draws it: of deviation √(2/fan), and not truncated,
 * as tfjs's `heNormal` is, which has 0.88 of that deviation.
 *
 * @param fan values that enter an output, or outputs that a value enters: channels × positions of the kernel
 */
export function heNormal(fan: number, seed: number | undefined): Initializer {
  return initializers.randomNormal({ mean: 0, stddev: Math.sqrt(2 / fan), ...seeded(seed) });
}

/**
 * PyTorch's default for the weights and the biases of convolutions and linear layers: U(±1/√fanIn).
 *
 * @param fanIn values that enter an output: channels × positions of the kernel
 */
export function uniformFanIn(fanIn: number, seed: number | undefined): Initializer {
  const limit = 1 / Math.sqrt(fanIn);
  return initializers.randomUniform({ minval: -limit, maxval: limit, ...seeded(seed) });
}

function seeded(seed: number | undefined): { seed?: number } {
  return seed === undefined ? {} : { seed };
}
