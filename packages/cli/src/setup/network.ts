import { type FBSDArgs, fbsd } from '@fbsd/fbsd';
import type { Dataset } from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Settings } from '../settings/settings.ts';
import { forUser } from '../user-errors.ts';

/** What a new network draws of its weights. */
export type InitialWeights = NonNullable<FBSDArgs['initialWeights']>;

/** The network that settings describe, with weights that are drawn, or zeros where others take their place. */
export function newNetwork(
  settings: Settings,
  { classNames }: Dataset,
  initialWeights: InitialWeights,
): Promise<LayersModel> {
  const { arch, imageSize, alpha, beta, gamma, seed } = settings;
  const classes = classNames.length;
  const options = { arch, classes, imageSize, alpha, beta, gamma, seed, initialWeights };
  return forUser(() => fbsd(options));
}
