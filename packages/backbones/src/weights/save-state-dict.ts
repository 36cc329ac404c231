import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { torchShape, toTorch } from './layout.ts';
import { torchName } from './names.ts';

/** Options of {@link saveStateDict}. */
export interface SaveOptions {
  /**
   * Names of the backbone's weights: torchvision's, or those of the published FBSD code. Weights that
   * torchvision has no name for, FBSD's, have the published ones in both cases.
   * @default 'torchvision'
   */
  names?: 'torchvision' | 'fbsd';
}

const DEFAULTS = { names: 'torchvision' } as const;
/** The tensors begin at a multiple of this, as the format recommends. */
const ALIGNMENT = 8;
const LENGTH_BYTES = 8;
const FLOAT_BYTES = 4;

/**
 * The weights of a model as a .safetensors file that PyTorch reads:
 * `model.load_state_dict(safetensors.torch.load_file(path))`.
 *
 * Names are torchvision's, layouts PyTorch's (OIHW, [out,in]), values float32.
 *
 * @param model a backbone's or FBSD's; other layers keep the names they have here
 * @returns the bytes of the file
 */
export async function saveStateDict(
  model: LayersModel,
  options: SaveOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { names } = { ...DEFAULTS, ...options };
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let size = 0;
  for (const weight of model.weights) {
    const shape = torchShape(weight.shape as number[]);
    const begin = size;
    size += FLOAT_BYTES * shape.reduce((a, b) => a * b, 1);
    const name = torchName(weight.originalName, names);
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, size] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + headerLength + size);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerLength); // spaces behind the JSON
  file.set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerLength;
  for (const weight of model.weights) {
    const values = (await (weight.read() as Tensor).data<'float32'>()) as Float32Array;
    toTorch(
      values,
      weight.shape as number[],
      new Float32Array(file.buffer, position, values.length),
    );
    position += FLOAT_BYTES * values.length;
  }
  return file;
}
