import { fbsd } from '@fbsd/fbsd';
import { readStateDict } from '@fbsd/torch-weights';
import { preprocessingOf } from '@fbsd/trainer';
import type { NamedBlob } from '../engine.ts';
import { BY_CHANNELS, firstThatFits } from './first-that-fits.ts';
import { openClassifier } from './open-classifier.ts';
import type { OpenModel } from './open-model.ts';

/** Pixels that the networks were published with; a file of weights does not tell. */
const IMAGE_SIZE = 448;
const MINI_SIZE = 96;

/** Makes the network of a file of PyTorch's: a complete FBSD, whose classes have no names, or a ResNet or DenseNet. */
export async function openWeights({ path, blob }: NamedBlob): Promise<OpenModel> {
  const dict = await readStateDict(blob, { name: path });
  const shapeOf = (ending: string) =>
    [...dict].find(([name]) => name.endsWith(ending))?.[1].shape ?? [];
  const [classes] = shapeOf('classifier_concat.4.weight');
  const [, channels] = shapeOf('strip3.stripconv.0.weight');
  const bytes = [...dict.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  if (classes === undefined || channels === undefined) {
    return { ...(await openClassifier(dict, path)), bytes };
  }
  const model = firstThatFits(dict, path, BY_CHANNELS[channels] ?? [], (arch) =>
    fbsd({
      arch,
      classes,
      imageSize: arch === 'mini' ? MINI_SIZE : IMAGE_SIZE,
      initialWeights: 'zeros',
    }),
  );
  const classNames = Array.from({ length: classes }, (_, i) => `class ${i + 1}`);
  return { model, classNames, preprocessing: preprocessingOf(model), bytes };
}
