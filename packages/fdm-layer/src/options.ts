import { checkKnown, shown } from './known-options.ts';

/** Options of the FDM op and layer. */
export interface FDMOptions {
  /**
   * Weight of the diversification, γ in the paper.
   * @default 1
   */
  gamma?: number;
  /**
   * Factor on what one map gives to another. The published code's is 0.001 (1/28² in three places)
   * at every map size.
   * @default 0.001
   */
  scale?: number;
}

/** The defaults of the op and the layer: as published. */
const DEFAULTS = { gamma: 1, scale: 0.001 } as const;

/**
 * Fills in the defaults, and refuses what is no finite number or not known.
 *
 * @param others names of options that it may also have
 */
export function checkOptions(
  where: string,
  options: FDMOptions,
  others: readonly string[] = [],
): Required<FDMOptions> {
  checkKnown(`[@fbsd/fdm] ${where}`, options, [...Object.keys(DEFAULTS), ...others]);
  const { gamma = DEFAULTS.gamma, scale = DEFAULTS.scale } = options;
  for (const [name, value] of Object.entries({ gamma, scale })) {
    if (!Number.isFinite(value)) {
      throw new TypeError(
        `[@fbsd/fdm] ${where}: ${name} must be a finite number; got ${shown(value)}.`,
      );
    }
  }
  return { gamma, scale };
}
