import { DTYPES, encodeElements } from '../dtypes.ts';
import { elementCount } from '../sizes.ts';
import type { StateDict, StateTensor } from '../state-dict.ts';
import { Pickler } from './pickler.ts';
import { joined, type Pieces } from './pieces.ts';
import { requireTensors } from './require-tensors.ts';
import { type ZipRecord, zipPieces } from './zip.ts';

/** The data of each record begins at a multiple of this, so that PyTorch can map it into memory. */
const ALIGNMENT = 64;
/** Of the archive's layout, since PyTorch 1.6. */
const FILE_VERSION = '3\n';
/** All records lie in one; PyTorch calls it so where it writes to a stream. */
const FOLDER = 'archive/';

/**
 * The bytes of a .pth file, as `torch.save(state_dict, path)` writes it since PyTorch 1.6; what
 * `torch.load(path, weights_only=True)` returns is an OrderedDict of tensors on the CPU.
 *
 * Tensors whose `data` is the same part of the same memory share a storage, as tied weights do.
 *
 * @param dict tensors by name; float16 and bfloat16 are rounded to the nearest value, of two to the even one
 * @throws Error when dtype, shape and data of a tensor do not belong together
 */
export function encodePth(dict: StateDict): Uint8Array<ArrayBuffer> {
  return joined(pthPieces(dict));
}

/** A zip archive of a pickle and one record per storage. */
export function* pthPieces(dict: StateDict): Pieces {
  requireTensors(dict);
  const storages = new Storages();
  const pickle = pickled(dict, storages);
  const utf8 = new TextEncoder();
  yield* zipPieces(
    [
      record('data.pkl', pickle),
      record('byteorder', utf8.encode('little')),
      ...storages.tensors.map((tensor, key) => dataRecord(tensor, key)),
      record('version', utf8.encode(FILE_VERSION)),
    ],
    ALIGNMENT,
  );
}

function record(name: string, bytes: Uint8Array<ArrayBuffer>): ZipRecord {
  return { name: FOLDER + name, size: bytes.length, read: () => bytes };
}

function dataRecord({ data, dtype }: StateTensor, key: number): ZipRecord {
  const size = data.length * DTYPES[dtype].bytes;
  return { name: `${FOLDER}data/${key}`, size, read: () => encodeElements(data, dtype) };
}

/** One for each part of memory that a tensor has, or several have in common. */
class Storages {
  /** A tensor of each; its index is the storage's key. */
  readonly tensors: StateTensor[] = [];
  private readonly buffers = new Map<ArrayBuffer, Map<string, number>>();

  /** The key of a tensor's storage. */
  keyOf(tensor: StateTensor): number {
    const { dtype, data } = tensor;
    const parts = this.buffers.get(data.buffer) ?? new Map<string, number>();
    this.buffers.set(data.buffer, parts);
    const part = `${dtype} ${data.byteOffset} ${data.length}`;
    const key = parts.get(part) ?? this.tensors.push(tensor) - 1;
    parts.set(part, key);
    return key;
  }
}

function pickled(dict: StateDict, storages: Storages): Uint8Array<ArrayBuffer> {
  const pickler = new Pickler();
  pickler.call('collections', 'OrderedDict');
  pickler.items(() => {
    for (const [name, tensor] of dict) {
      pickler.text(name);
      writeTensor(pickler, tensor, storages.keyOf(tensor));
    }
  });
  return pickler.finish();
}

/** A contiguous tensor on the whole of its storage. Types without a storage class are named themselves. */
function writeTensor(pickler: Pickler, { dtype, shape, data }: StateTensor, key: number): void {
  const { storage, bytes } = DTYPES[dtype];
  const isTyped = storage !== undefined;
  pickler.call('torch._utils', isTyped ? '_rebuild_tensor_v2' : '_rebuild_tensor_v3', () => {
    pickler.persistent(() => {
      pickler.text('storage');
      if (isTyped) pickler.global('torch', storage);
      else pickler.global('torch.storage', 'UntypedStorage');
      pickler.text(String(key));
      pickler.text('cpu');
      pickler.count(isTyped ? data.length : data.length * bytes);
    });
    pickler.count(0); // where it begins in the storage
    pickler.counts(shape);
    pickler.counts(stridesOf(shape));
    pickler.false(); // requires_grad
    pickler.call('collections', 'OrderedDict'); // hooks
    if (!isTyped) pickler.global('torch', dtype);
  });
}

/** How many elements further the next one along each axis is, in row-major order. */
function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
}
