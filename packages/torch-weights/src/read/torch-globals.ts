import { DTYPE_NAMES, DTYPES, type DType } from '../dtypes.ts';
import { isCount } from '../sizes.ts';
import { quoted } from '../weight-file-error.ts';
import type { Cursor } from './cursor.ts';
import { type Storage, StoredTensor, storageBytes } from './stored-tensor.ts';
import { AllowedGlobal, type PickleContext } from './unpickle.ts';

/** PyTorch's own limit. */
const MAX_RANK = 64;
/** Bounds the work of OrderedDict([…]), which a pickle can ask for again and again with one list. */
const MAX_PAIRS = 2 ** 20;

/** The classes of storages. */
const STORAGES: readonly (readonly [string, DType])[] = [
  ...DTYPE_NAMES.flatMap((dtype) => {
    const { storage } = DTYPES[dtype];
    return storage === undefined ? [] : [[`torch.${storage}`, dtype] as const];
  }),
  ['torch.UntypedStorage', 'uint8'],
  ['torch.storage.UntypedStorage', 'uint8'],
];

/** A storage type or a dtype: names the elements' type and cannot be called. */
class ElementType extends AllowedGlobal {
  readonly kind: 'storage' | 'dtype';
  readonly dtype: DType;

  constructor(name: string, kind: 'storage' | 'dtype', dtype: DType, cursor: Cursor) {
    super(name, () => cursor.fail(`the pickle calls the type ${name}`));
    this.kind = kind;
    this.dtype = dtype;
  }
}

/** A storage, or what an old file calls a view of one. */
class StorageWindow {
  readonly storage: Storage;
  readonly offset: number;

  constructor(storage: Storage, offset: number) {
    this.storage = storage;
    this.offset = offset;
  }
}

/** What PyTorch's pickles of state dicts consist of besides plain data, and nothing else. */
export class TorchContext implements PickleContext {
  /** The storages met so far, by their key. */
  readonly storages = new Map<string, Storage>();
  private readonly cursor: Cursor;
  private pairs = 0;
  private readonly allowed: ReadonlyMap<string, AllowedGlobal>;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
    const functions: Record<string, (args: readonly unknown[]) => unknown> = {
      'collections.OrderedDict': ([pairs]) => this.orderedDict(pairs),
      'torch._utils._rebuild_tensor': (args) => this.tensor(args),
      'torch._utils._rebuild_tensor_v2': (args) => this.tensor(args),
      'torch._utils._rebuild_tensor_v3': (args) => this.tensor(args, args[6]),
      'torch._utils._rebuild_parameter': ([tensor]) => this.parameter(tensor),
      'torch.nn.parameter.Parameter': ([tensor]) => this.parameter(tensor),
      'torch.Size': ([sizes]) => sizes,
      '_codecs.encode': ([text]) => text,
    };
    this.allowed = new Map<string, AllowedGlobal>([
      ...Object.entries(functions).map(
        ([name, call]) => [name, new AllowedGlobal(name, call)] as const,
      ),
      ...STORAGES.map(
        ([name, dtype]) => [name, new ElementType(name, 'storage', dtype, cursor)] as const,
      ),
      ...DTYPE_NAMES.map(
        (dtype) =>
          [`torch.${dtype}`, new ElementType(`torch.${dtype}`, 'dtype', dtype, cursor)] as const,
      ),
    ]);
  }

  global(name: string): AllowedGlobal {
    return (
      this.allowed.get(name) ??
      this.cursor.fail(
        `refused the global ${quoted(name)}: nothing but tensors and plain containers is read, and ` +
          'nothing of the file was run. Save the weights alone, with torch.save(model.state_dict(), file)',
      )
    );
  }

  /** ('storage', type, key, device, length[, (key, offset, length) of an old file's view]). */
  persistent(id: unknown): StorageWindow {
    const [kind, type, key, , length, view] = Array.isArray(id) ? id : [];
    const isStorage =
      kind === 'storage' &&
      type instanceof ElementType &&
      type.kind === 'storage' &&
      isCount(length);
    if (!isStorage || typeof key !== 'string') {
      this.cursor.fail('the pickle refers to something that is no storage of tensors');
    }
    const known = this.storages.get(key);
    const storage = known ?? { key, dtype: type.dtype, length };
    if (storage.dtype !== type.dtype || storage.length !== length) {
      this.cursor.fail(`the pickle describes storage ${quoted(key)} in two ways`);
    }
    this.storages.set(key, storage);
    const offset = Array.isArray(view) ? view[1] : 0;
    if (!isCount(offset)) this.cursor.fail('the pickle has a view of a storage without an offset');
    return new StorageWindow(storage, offset);
  }

  /** An OrderedDict's and a parameter's state is metadata: versions, hooks, requires_grad. */
  dropsState(object: unknown): boolean {
    return object instanceof Map || object instanceof StoredTensor;
  }

  private tensor(args: readonly unknown[], type?: unknown): StoredTensor {
    const [window, start, shape, strides] = args;
    if (!(window instanceof StorageWindow))
      this.cursor.fail('the pickle has a tensor without storage');
    if (!(isCount(start) && areCounts(shape) && areCounts(strides))) {
      this.cursor.fail(
        'the pickle has a tensor whose offset, sizes or strides are no whole numbers',
      );
    }
    const { storage } = window;
    const dtype = type instanceof ElementType ? type.dtype : storage.dtype;
    const tensor = new StoredTensor({
      storage,
      dtype,
      offset: window.offset + start,
      shape,
      strides,
    });
    const { count, offset } = tensor;
    const last = shape.reduce((sum, size, i) => sum + (size - 1) * (strides[i] ?? 0), offset);
    const available = Math.floor(storageBytes(storage) / DTYPES[dtype].bytes);
    const fits = count === 0 || (Number.isSafeInteger(count) && last < available);
    if (!fits || strides.length !== shape.length) {
      this.cursor.fail(
        `the pickle has a tensor [${quoted(shape.join())}] with strides [${quoted(strides.join())}] from ` +
          `${offset} that does not fit its storage of ${available} elements`,
      );
    }
    return tensor;
  }

  private parameter(tensor: unknown): StoredTensor {
    return tensor instanceof StoredTensor
      ? tensor
      : this.cursor.fail('the pickle has a parameter without a tensor');
  }

  private orderedDict(pairs: unknown = []): Map<unknown, unknown> {
    if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair))) {
      return this.cursor.fail('the pickle has an OrderedDict that is made of no pairs');
    }
    this.pairs += pairs.length;
    if (this.pairs > MAX_PAIRS) this.cursor.fail('the pickle makes OrderedDicts of too many pairs');
    return new Map(pairs as [unknown, unknown][]);
  }
}

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MAX_RANK && value.every(isCount);
}
