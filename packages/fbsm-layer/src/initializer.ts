import { serialization } from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';

/** A tfjs initializer, as `tf.initializers.*` makes them. */
export type Initializer = ReturnType<typeof initializers.ones>;

/** An initializer in a layer's configuration. */
export interface InitializerConfig {
  /** As registered by tfjs: `HeNormal`. */
  className: string;
  /** Its arguments. */
  config: serialization.ConfigDict;
}

/**
 * The initializer meant by a name ('heNormal'), an object (`tf.initializers.heNormal({seed: 1})`)
 * or a saved configuration, as stock layers take them; undefined for none.
 *
 * @param option the name of the option, for the message
 * @throws RangeError on an unknown name
 */
export function toInitializer(
  option: string,
  identifier: string | Initializer | InitializerConfig | undefined,
): Initializer | undefined {
  if (identifier === undefined) return undefined;
  if (typeof identifier !== 'string' && 'apply' in identifier) return identifier;
  const { className, config } =
    typeof identifier === 'string'
      ? { className: identifier.charAt(0).toUpperCase() + identifier.slice(1), config: {} }
      : identifier;
  const entry = serialization.SerializationMap.getMap().classNameMap[className];
  if (!entry) {
    throw new RangeError(
      `[@fbsd/fbsm] FBSM: ${option} must be an initializer of tfjs or its name; ` +
        `got '${className}'. Use one of tf.initializers, for example 'glorotUniform'.`,
    );
  }
  const [type, fromConfig] = entry;
  return fromConfig(type, config) as Initializer;
}

/**
 * PyTorch's default for the weights and the bias of a convolution: U(±1/√C) for a 1×1 kernel.
 *
 * @param index which of the weights: its seed is so many numbers after `seed`
 */
export function uniformFanIn(
  channels: number,
  seed: number | undefined,
  index: number,
): Initializer {
  const limit = 1 / Math.sqrt(channels);
  const own = seed === undefined ? {} : { seed: seed + index };
  return initializers.randomUniform({ minval: -limit, maxval: limit, ...own });
}

/** The inverse of {@link toInitializer}. */
export function initializerConfig(initializer: Initializer): serialization.ConfigDict {
  return { className: initializer.getClassName(), config: initializer.getConfig() };
}
