import { serialization } from '@tensorflow/tfjs-core';
import type { initializers } from '@tensorflow/tfjs-layers';

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
 * or a saved configuration, as stock layers take them.
 *
 * @throws RangeError on an unknown name
 */
export function toInitializer(identifier: string | Initializer | InitializerConfig): Initializer {
  if (typeof identifier !== 'string' && 'apply' in identifier) return identifier;
  const { className, config } =
    typeof identifier === 'string'
      ? { className: identifier.charAt(0).toUpperCase() + identifier.slice(1), config: {} }
      : identifier;
  const entry = serialization.SerializationMap.getMap().classNameMap[className];
  if (!entry) {
    throw new RangeError(
      `[@fbsd/fbsm] FBSM: kernelInitializer must be an initializer of tfjs or its name; ` +
        `got '${className}'. Use one of tf.initializers, for example 'glorotUniform'.`,
    );
  }
  const [type, fromConfig] = entry;
  return fromConfig(type, config) as Initializer;
}

/** The inverse of {@link toInitializer}. */
export function initializerConfig(initializer: Initializer): InitializerConfig {
  return { className: initializer.getClassName(), config: initializer.getConfig() };
}
