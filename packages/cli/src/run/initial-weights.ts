import { loadStateDict } from '@fbsd/backbones';
import { newWeightNames } from '@fbsd/fbsd';
import { readStateDict } from '@fbsd/torch-weights/node';
import { UserError } from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { forUser } from '../user-errors.ts';

/** Files to start from. */
export interface InitialWeights {
  /** PyTorch weights of the backbone, as torchvision and timm publish them for ImageNet. */
  pretrained: string | null;
  /** PyTorch weights of a complete FBSD, as the published code saves them. */
  initFrom: string | null;
}

/**
 * Puts PyTorch weights into a new model: `pretrained` into its backbone, or `initFrom` into all of it.
 *
 * @returns what was loaded from where, or null when neither is given
 * @throws UserError when both are given, a file cannot be read, or it does not fit; the model then is as
 *   it was
 */
export async function loadInitialWeights(
  model: LayersModel,
  { pretrained, initFrom }: InitialWeights,
): Promise<string | null> {
  if (pretrained !== null && initFrom !== null) {
    throw new UserError(
      '[fbsd] --pretrained loads the backbone and --init-from the whole model: give one of them.',
    );
  }
  const file = pretrained ?? initFrom;
  if (file === null) return null;
  return forUser(async () => {
    const dict = await readStateDict(file);
    const report =
      pretrained === null
        ? loadStateDict(model, dict)
        : loadStateDict(model, dict, { only: (name) => !newWeightNames(model)?.has(name) });
    return `${file}: ${report.summary}`;
  });
}
