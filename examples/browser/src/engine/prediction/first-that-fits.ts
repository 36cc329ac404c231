import { loadStateDict } from '@fbsd/backbones';
import type { ArchitectureName } from '@fbsd/fbsd';
import type { StateDict } from '@fbsd/torch-weights';
import { UserError } from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** The networks, by the channels of their last stage. */
export const BY_CHANNELS: Readonly<Record<number, readonly ArchitectureName[]>> = {
  256: ['mini'],
  512: ['resnet18', 'resnet34'],
  1024: ['densenet121'],
  2048: ['resnet50', 'resnet101'],
  2208: ['densenet161'],
};

/**
 * The first of some networks that weights fit, with them.
 *
 * @param make makes the network; its weights are all replaced
 * @throws UserError that says why the last one does not fit, where none does
 */
export function firstThatFits(
  dict: StateDict,
  path: string,
  architectures: readonly ArchitectureName[],
  make: (arch: ArchitectureName) => LayersModel,
): LayersModel {
  let reason = 'its last stage has other channels than any';
  for (const arch of architectures) {
    const model = make(arch);
    try {
      loadStateDict(model, dict);
      return model;
    } catch (error) {
      model.dispose();
      reason = (error as Error).message;
    }
  }
  throw new UserError(`${path} fits none of the networks here: ${reason}`);
}
