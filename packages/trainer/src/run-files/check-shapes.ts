import type { LayersModel } from '@tensorflow/tfjs-layers';
import { UserError } from '../user-error.ts';
import { RESTORE, shown } from './json.ts';

/**
 * Checks that each layer of a model that was read gives something: with negative strides, for example, tfjs computes
 * negative sizes, and fails only when it takes memory for them.
 *
 * @param file for messages
 * @throws UserError that names the first layer that gives nothing
 */
export function checkShapes({ layers }: LayersModel, file: string): void {
  for (const { name, inboundNodes } of layers) {
    for (const { shape } of inboundNodes.flatMap(({ outputTensors }) => outputTensors)) {
      if (shape.every((side) => side === null || (Number.isInteger(side) && side > 0))) continue;
      throw new UserError(
        `[@fbsd/trainer] ${file} is damaged: expected sizes of at least 1 from layer '${name}'; got ${shown(shape)}. ${RESTORE}`,
      );
    }
  }
}
