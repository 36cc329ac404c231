import { ARCHITECTURES } from '@fbsd/fbsd';
import type { StateDict } from '@fbsd/torch-weights';
import { type Preprocessing, preprocessingOf, UserError } from '@fbsd/trainer';
import { decodeImage } from '@fbsd/trainer/web';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fetchOwn } from './fetch-own.ts';
import { BY_CHANNELS, firstThatFits } from './first-that-fits.ts';
import { middleSquare } from './middle-square.ts';
import type { OpenModel } from './open-model.ts';

/** As torchvision tests its networks: of a picture whose shorter side has 256 pixels the 224 in the middle. */
const [SHORTER_SIDE, SIDE] = [256, 224];
/** Of ImageNet's pictures, by channel. */
const MEAN: Preprocessing['mean'] = [0.485, 0.456, 0.406];
const STD: Preprocessing['std'] = [0.229, 0.224, 0.225];

/** What the linear layers of ResNets and DenseNets are called. */
const LINEAR = /(^|\.)(fc|classifier)\.weight$/;

/** Makes the network of a ResNet's or DenseNet's weights, as torchvision and timm publish them. */
export async function openClassifier(
  dict: StateDict,
  path: string,
): Promise<Omit<OpenModel, 'bytes'>> {
  const linear = [...dict].find(([name]) => LINEAR.test(name))?.[1];
  const [classes, channels, ...more] = linear?.shape ?? [];
  if (classes === undefined || channels === undefined || more.length > 0) {
    throw new UserError(
      `${path} holds neither a complete FBSD nor a ResNet or DenseNet with its classifier. If they are a network’s weights without one, begin a training with them on the screen Train.`,
    );
  }
  const model = firstThatFits(dict, path, BY_CHANNELS[channels] ?? [], (arch) =>
    ARCHITECTURES[arch]
      .backbone({ initialWeights: 'zeros' })
      .classifier({ inputShape: [SIDE, SIDE, 3], classes }),
  );
  try {
    const classNames = await namesOf(classes);
    const decode = async (picture: Blob) => middleSquare(await decodeImage(picture));
    return { model, classNames, preprocessing: preprocessingFor(model), decode };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** ImageNet's classes by their names; of others nothing is known. */
async function namesOf(classes: number): Promise<string[]> {
  if (classes === 1000) return (await fetchOwn('imagenet-classes.json')).json();
  return Array.from({ length: classes }, (_, i) => `class ${i + 1}`);
}

function preprocessingFor(model: LayersModel): Preprocessing {
  const usual = preprocessingOf(model);
  const margin = (SHORTER_SIDE - SIDE) / 2;
  return {
    ...usual,
    description: `Of the square in the middle of the picture, resized to ${SHORTER_SIDE}×${SHORTER_SIDE}, the ${SIDE}×${SIDE} pixels in the middle.`,
    resize: { ...usual.resize, width: SHORTER_SIDE, height: SHORTER_SIDE },
    crop: { left: margin, top: margin, width: SIDE, height: SIDE },
    mean: MEAN,
    std: STD,
  };
}
