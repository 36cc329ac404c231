import { DTYPES, encodeElements } from '../dtypes.ts';
import { elementCount } from '../sizes.ts';
import type { StateDict, StateTensor } from '../state-dict.ts';
import { ByteWriter } from './byte-writer.ts';
import { joined, type Pieces } from './pieces.ts';
import { requireTensors } from './require-tensors.ts';

/** The tensors begin at a multiple of this, as the format recommends. */
const ALIGNMENT = 8;
const METADATA = '__metadata__';

/**
 * The bytes of a .safetensors file, for `safetensors.torch.load_file` and whatever else reads the format.
 *
 * Names keep their order; the data of larger elements lies before that of smaller ones, so that every
 * tensor begins at a multiple of its elements' size. Tensors that share memory are written one by one.
 *
 * @param dict tensors by name; float16 and bfloat16 are rounded to the nearest value, of two to the even one
 * @throws Error when dtype, shape and data of a tensor do not belong together, or one is called `__metadata__`
 */
export function encodeSafetensors(dict: StateDict): Uint8Array<ArrayBuffer> {
  return joined(safetensorsPieces(dict));
}

/** The header, then the tensors. */
export function* safetensorsPieces(dict: StateDict): Pieces {
  requireTensors(dict);
  if (dict.has(METADATA)) {
    throw new Error(
      `[@fbsd/torch-weights] tensor "${METADATA}": the name has another meaning in .safetensors files. ` +
        'Rename it, or write a .pth file.',
    );
  }
  const inFile = [...dict].sort(([, a], [, b]) => DTYPES[b.dtype].bytes - DTYPES[a.dtype].bytes);
  yield header(dict, inFile);
  for (const [, { data, dtype }] of inFile) yield encodeElements(data, dtype);
}

/** The length of some JSON, and the JSON. Built as text: an object would reorder names that are numbers. */
function header(
  dict: StateDict,
  inFile: readonly (readonly [string, StateTensor])[],
): Uint8Array<ArrayBuffer> {
  const offsets = new Map<string, [begin: number, end: number]>();
  let size = 0;
  for (const [name, { dtype, shape }] of inFile) {
    const begin = size;
    size += DTYPES[dtype].bytes * elementCount(shape);
    offsets.set(name, [begin, size]);
  }
  const entries = [...dict].map(([name, { dtype, shape }]) => {
    const entry = { dtype: DTYPES[dtype].safetensors, shape, data_offsets: offsets.get(name) };
    return `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
  });
  const json = [`"${METADATA}":{"format":"pt"}`, ...entries].join();
  const text = new TextEncoder().encode(`{${json}}`);
  const length = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const spaces = new Uint8Array(length - text.length).fill(0x20);
  return new ByteWriter().u64(length).raw(text).raw(spaces).bytes();
}
