import { initializers } from '@tensorflow/tfjs-layers';
import { shown } from './known-options.ts';

/** A tfjs initializer, as `tf.initializers.*` makes them. */
export type Initializer = ReturnType<typeof initializers.zeros>;

/** What kernels, and the biases that are drawn with them, begin with: zeros are for weights that are loaded next. */
export type InitialWeights = 'random' | 'zeros';

/** Where the initial values of a weight come from: repeatable random numbers, random numbers, or zeros. */
export type Seed = number | undefined | 'zeros';

/** Gives every weight of a network a seed of its own, so that one seed decides all of them. */
export type Seeds = () => Seed;

/** Seeds counted up from `seed`, or none at all; with `'zeros'` nothing is drawn. */
export function seedsFrom(
  seed: number | undefined,
  initialWeights: InitialWeights = 'random',
): Seeds {
  if (initialWeights === 'zeros') return () => 'zeros';
  let next = seed;
  return () => (next === undefined ? undefined : next++);
}

/** The seed that is a number of places after another one. */
export function seedAfter(seed: Seed, places: number): Seed {
  return typeof seed === 'number' ? seed + places : seed;
}

/** @throws TypeError for what is no kind of initial weights */
export function checkInitialWeights(where: string, value: unknown): void {
  if (value === undefined || value === 'random' || value === 'zeros') return;
  throw new TypeError(`${where}: initialWeights must be 'random' or 'zeros'; got ${shown(value)}.`);
}

/**
 * He et al.'s normal, as PyTorch's `kaiming_normal_` draws it: of deviation √(2/fan), and not truncated,
 * as tfjs's `heNormal` is, which has 0.88 of that deviation.
 *
 * @param fan values that enter an output, or outputs that a value enters: channels × positions of the kernel
 */
export function heNormal(fan: number, seed: Seed): Initializer {
  if (seed === 'zeros') return initializers.zeros();
  return initializers.randomNormal({ mean: 0, stddev: Math.sqrt(2 / fan), ...seeded(seed) });
}

/**
 * PyTorch's default for the weights and the biases of convolutions and linear layers: U(±1/√fanIn).
 *
 * @param fanIn values that enter an output: channels × positions of the kernel
 */
export function uniformFanIn(fanIn: number, seed: Seed): Initializer {
  if (seed === 'zeros') return initializers.zeros();
  const limit = 1 / Math.sqrt(fanIn);
  return initializers.randomUniform({ minval: -limit, maxval: limit, ...seeded(seed) });
}

function seeded(seed: number | undefined): { seed?: number } {
  return seed === undefined ? {} : { seed };
}
