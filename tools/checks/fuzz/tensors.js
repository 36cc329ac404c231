import { readStateDict } from '@fbsd/torch-weights';
import { Fault, requireRight } from './reader.js';

/**
 * Reads a file of weights, which has to give tensors of the shapes that they state, or a message on one line.
 *
 * @param {Uint8Array | null} file
 */
export async function readTensors(file) {
  try {
    const dict = await readStateDict(Uint8Array.from(file ?? []), { name: 'x.pth' });
    for (const { shape, data } of dict.values()) {
      const elements = shape.reduce((product, size) => product * size, 1);
      requireRight(data.length === elements, `${data.length} elements of [${shape}]`);
    }
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    if (message.length >= 1000 || /\p{Cc}/u.test(message)) {
      throw new Fault(`a message that is long or of several lines: ${message}`);
    }
    throw error;
  }
}
