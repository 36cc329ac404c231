import { forUser, loadModelFile, say } from '@fbsd/cli';
import { UserError } from '@fbsd/trainer';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { mobileNetV2 } from './mobilenet-v2.ts';

/** The model in a file. @throws UserError that names the file when there is none that can be used */
export async function savedModel(file: string): Promise<LayersModel> {
  let model: LayersModel;
  try {
    const artifacts = await loadModelFile(file);
    model = await loadLayersModel({ load: async () => artifacts });
  } catch (error) {
    const reason = (error as Error).message.replace(/^\[fbsd\] /, '').replace(/\.$/, '');
    throw new UserError(
      `[insert] the model in ${file} cannot be read: ${reason}. Give the model.json of a tf.LayersModel with --model.`,
      { cause: error },
    );
  }
  const [, height, width, channels] = model.inputs[0]?.shape ?? [];
  if (model.inputs.length !== 1 || height !== width || channels !== 3) {
    const shapes = model.inputs.map(({ shape }) => `[${shape.map(String)}]`);
    throw new UserError(
      `[insert] --model: expected one input of square pictures [null,S,S,3]; got ${shapes.join(', ')}.`,
    );
  }
  say(`model    ${model.name} from ${file}`);
  return model;
}

/** A MobileNetV2 with one block in each stage, from random weights. */
export function smallModel(imageSize: number, seed: number): Promise<LayersModel> {
  say(
    'model    a small MobileNetV2 from random weights; give a trained one with --model model.json',
  );
  const size = { width: 0.35, blocks: 1, lastChannels: 256 };
  return forUser(() => mobileNetV2({ imageSize, seed, ...size }));
}
