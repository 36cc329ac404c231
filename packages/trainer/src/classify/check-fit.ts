import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Preprocessing } from './preprocessing.ts';

/**
 * Checks that model, class names and preprocessing belong together.
 *
 * @param where begins the message: `[@fbsd/trainer] Classifier`
 * @throws RangeError that says what does not fit
 */
export function checkFit(
  where: string,
  { inputs, outputs }: LayersModel,
  { length: names }: readonly string[],
  { crop }: Preprocessing,
): void {
  const [, height, width] = inputs[0]?.shape ?? [];
  if (height !== crop.height || width !== crop.width) {
    throw new RangeError(
      `${where}: the model takes images of ${width}×${height}, but preprocessing gives ${crop.width}×${crop.height}. Take the preprocessing that was saved with the model.`,
    );
  }
  const classes = outputs[0]?.shape[1];
  if (classes !== names) {
    throw new RangeError(
      `${where}: the model knows ${classes} classes; got ${names} names. Take the names that were saved with the model.`,
    );
  }
}
