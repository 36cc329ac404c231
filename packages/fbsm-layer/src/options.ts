import type { Tensor } from '@tensorflow/tfjs-core';
import { shown } from './known-options.ts';
import type { StripAxis } from './strips.ts';

/** The default of every option. */
export const DEFAULTS = {
  alpha: 0.5,
  beta: 0.5,
  axis: 'height',
  epsilon: 1e-5,
  momentum: 0.1,
} as const;

/** The options of {@link featureBoostSuppress}. */
export interface FeatureBoostSuppressOptions {
  /** Number of strips k; an integer from 1 to the size of the map along `axis`. */
  parts: number;
  /** Strength of the boost: strip i is multiplied by 1 + alpha·p_i; at least 0. @default 0.5 */
  alpha?: number;
  /** Strength of the suppression: the likeliest strip is multiplied by 1 − beta; in [0, 1]. @default 0.5 */
  beta?: number;
  /** The direction that is cut into strips. @default 'height' */
  axis?: StripAxis;
  /** Added to the variance before its root; above 0. @default 1e-5 */
  epsilon?: number;
  /**
   * Normalise every strip by its own batch statistics (true) or all by the moving ones (false).
   * @default false
   */
  training?: boolean;
}

/** {@link FeatureBoostSuppressOptions} with the defaults filled in. */
export type ResolvedOptions = Required<FeatureBoostSuppressOptions>;

/**
 * Fills in the defaults and refuses impossible values.
 *
 * @param where the public name that the user called, for the message
 * @throws RangeError that names the option, what it may be and what came
 */
export function resolveOptions(
  where: string,
  options: FeatureBoostSuppressOptions,
): ResolvedOptions {
  const {
    parts,
    alpha = DEFAULTS.alpha,
    beta = DEFAULTS.beta,
    axis = DEFAULTS.axis,
    epsilon = DEFAULTS.epsilon,
    training = false,
  } = options;
  const check = (name: string, value: unknown, expected: string, ok: boolean) =>
    checkOption(where, name, value, expected, ok);
  check('parts', parts, 'an integer of at least 1', Number.isInteger(parts) && parts >= 1);
  check('alpha', alpha, 'a number of at least 0', within(alpha, 0, Number.MAX_VALUE));
  check('beta', beta, 'a number from 0 to 1', within(beta, 0, 1));
  check('axis', axis, "'height' or 'width'", axis === 'height' || axis === 'width');
  check(
    'epsilon',
    epsilon,
    'a number above 0',
    within(epsilon, Number.MIN_VALUE, Number.MAX_VALUE),
  );
  return { parts, alpha, beta, axis, epsilon, training };
}

/** Whether `value` is a number from `least` to `most`. */
export function within(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

/** @throws RangeError unless `ok` */
export function checkOption(
  where: string,
  name: string,
  value: unknown,
  expected: string,
  ok: boolean,
): void {
  if (ok) return;
  throw new RangeError(`[@fbsd/fbsm] ${where}: ${name} must be ${expected}; got ${shown(value)}.`);
}

/**
 * Refuses a shape that is not [B,H,W,C] or has fewer positions along `axis` than strips. A size
 * that is not known yet (null) passes.
 *
 * @throws RangeError that names the shape
 */
export function checkShape(
  where: string,
  shape: readonly (number | null)[],
  { parts, axis }: Pick<ResolvedOptions, 'parts' | 'axis'>,
): void {
  const got = `[${shape.map((size) => size ?? 'null').join(',')}]`;
  if (shape.length !== 4) {
    throw new RangeError(
      `[@fbsd/fbsm] ${where}: expects a map of rank 4, [batch,height,width,channels]; ` +
        `got ${got} (rank ${shape.length}). Reshape the input.`,
    );
  }
  const length = shape[axis === 'height' ? 1 : 2] ?? null;
  if (length !== null && length < parts) {
    throw new RangeError(
      `[@fbsd/fbsm] ${where}: parts=${parts} needs a ${axis} of at least ${parts}; ` +
        `got input ${got} (${axis} ${length}). Use fewer parts or a larger input.`,
    );
  }
}

/** @throws TypeError unless `x` is float32 */
export function checkFloat(where: string, x: Tensor): void {
  if (x.dtype === 'float32') return;
  throw new TypeError(
    `[@fbsd/fbsm] ${where}: expects a float32 map; got ${x.dtype} [${x.shape}]. Cast the input.`,
  );
}
