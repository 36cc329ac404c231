import { loadStateDict } from '@fbsd/backbones';
import { type ArchitectureName, fbsd } from '@fbsd/fbsd';
import { readStateDict, type StateDict } from '@fbsd/torch-weights';
import { preprocessingOf, UserError } from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedBlob } from '../engine.ts';
import type { OpenModel } from './open-model.ts';

/** The networks, by the channels of their last stage. */
const BY_CHANNELS: Readonly<Record<number, readonly ArchitectureName[]>> = {
  256: ['mini'],
  512: ['resnet18', 'resnet34'],
  1024: ['densenet121'],
  2048: ['resnet50', 'resnet101'],
  2208: ['densenet161'],
};
/** Pixels that the networks were published with; a file of weights does not tell. */
const IMAGE_SIZE = 448;
const MINI_SIZE = 96;

/** Makes the network of a file of PyTorch's that holds a complete FBSD. Its classes have no names. */
export async function openWeights({ path, blob }: NamedBlob): Promise<OpenModel> {
  const dict = await readStateDict(blob, { name: path });
  const shapeOf = (ending: string) =>
    [...dict].find(([name]) => name.endsWith(ending))?.[1].shape ?? [];
  const [classes] = shapeOf('classifier_concat.4.weight');
  const [, channels] = shapeOf('strip3.stripconv.0.weight');
  if (classes === undefined || channels === undefined) {
    throw new UserError(
      `${path} holds the weights of no complete FBSD. If they are a network’s that was trained on ImageNet, begin a training with them.`,
    );
  }
  const model = network(dict, BY_CHANNELS[channels] ?? [], classes, path);
  const bytes = [...dict.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const classNames = Array.from({ length: classes }, (_, i) => `class ${i + 1}`);
  return { model, classNames, preprocessing: preprocessingOf(model), bytes };
}

/** The first network that the weights fit. */
function network(
  dict: StateDict,
  architectures: readonly ArchitectureName[],
  classes: number,
  path: string,
): LayersModel {
  let reason = 'its last stage has other channels than any';
  for (const arch of architectures) {
    const imageSize = arch === 'mini' ? MINI_SIZE : IMAGE_SIZE;
    const model = fbsd({ arch, classes, imageSize, initialWeights: 'zeros' });
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
