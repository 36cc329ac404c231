import { ARCHITECTURES, type FBSDArgs, fbsd, markNewLayers } from '@fbsd/fbsd';
import { UserError } from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { flagOf } from '../settings/flags.ts';
import type { Settings } from '../settings/settings.ts';
import { forUser } from '../user-errors.ts';

/** What a new network draws of its weights. */
export type InitialWeights = NonNullable<FBSDArgs['initialWeights']>;

/**
 * The network that the settings ask for, with weights that have not learned anything. For the same seed the backbone begins
 * with the same weights, whatever the head, and the same head with the same.
 *
 * @param classes that it tells apart
 */
export function newNetwork(
  settings: Settings,
  classes: number,
  initialWeights: InitialWeights,
): Promise<LayersModel> {
  const { arch, imageSize, alpha, beta, gamma, seed } = settings;
  const options = { arch, classes, imageSize, alpha, beta, gamma, seed, initialWeights };
  return forUser(() =>
    settings.head === 'fbsd' ? fbsd(options) : withLinearHead(settings, classes, initialWeights),
  );
}

/** The backbone alone, with global average pooling and a linear classifier: the plain network. */
function withLinearHead(
  { arch, imageSize, seed }: Settings,
  classes: number,
  initialWeights: InitialWeights,
): LayersModel {
  // What a file brings of the backbone is drawn all the same: the classifier, which it does not bring, has to be.
  const initial = initialWeights === 'zeros' ? 'zeros' : 'random';
  const backbone = ARCHITECTURES[arch].backbone({ seed, initialWeights: initial });
  const network = backbone.classifier({ inputShape: [imageSize, imageSize, 3], classes });
  markNewLayers(
    network,
    network.outputs.map(({ sourceLayer }) => sourceLayer.name),
  );
  return network;
}

/** The name that the settings' network has in its checkpoints. */
export function networkName({ arch, head }: Pick<Settings, 'arch' | 'head'>): string {
  return head === 'fbsd' ? `fbsd_${arch}` : arch;
}

/** The settings of modules that a linear head does not have. */
const OF_MODULES = ['alpha', 'beta', 'gamma'] as const satisfies readonly (keyof Settings)[];

/** Refuses strengths of modules for a network without. @throws UserError that names the first */
export function refuseStrengths({ head }: Pick<Settings, 'head'>, given: Partial<Settings>): void {
  const key = head === 'linear' ? OF_MODULES.find((key) => key in given) : undefined;
  if (key === undefined) return;
  throw new UserError(
    `[fbsd] ${flagOf(key)} is for --head fbsd; the linear one has no such module. Leave it out.`,
  );
}
