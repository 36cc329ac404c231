import { DTYPE_NAMES, DTYPES, type DType } from '../dtypes.ts';
import { isCount } from '../sizes.ts';
import { quoted } from '../weight-file-error.ts';
import type { Cursor } from './cursor.ts';
import { isOfAnAttack, StandIn, standInFor, UnreadTensor } from './stand-in.ts';
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

/** Bytes of an element of the storages whose tensors are not read: where they stand, the next one follows. */
const UNREAD_STORAGES: ReadonlyMap<string, number> = new Map([
  ['torch.ComplexFloatStorage', 8],
  ['torch.ComplexDoubleStorage', 16],
  ['torch.QInt8Storage', 1],
  ['torch.QUInt8Storage', 1],
  ['torch.QInt32Storage', 4],
  ['torch.QUInt4x2Storage', 1],
  ['torch.QUInt2x4Storage', 1],
]);

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

/** What PyTorch's pickles of state dicts consist of besides plain data; for everything else there is a stand-in. */
export class TorchContext implements PickleContext {
  /** The storages met so far, by their key. */
  readonly storages = new Map<string, Storage>();
  private readonly cursor: Cursor;
  private pairs = 0;
  private readonly known: ReadonlyMap<string, AllowedGlobal>;

  constructor(cursor: Cursor) {
    this.cursor = cursor;
    const functions: Record<string, (args: readonly unknown[]) => unknown> = {
      'collections.OrderedDict': ([pairs]) => this.dict(pairs),
      'collections.defaultdict': ([, pairs]) => this.dict(pairs),
      'torch._utils._rebuild_tensor': (args) => this.tensor(args),
      'torch._utils._rebuild_tensor_v2': (args) => this.tensor(args),
      'torch._utils._rebuild_tensor_v3': (args) => this.tensor(args, args[6]),
      'torch._utils._rebuild_parameter': ([tensor]) => this.parameter(tensor),
      'torch._utils._rebuild_parameter_with_state': ([tensor]) => this.parameter(tensor),
      'torch.nn.parameter.Parameter': ([tensor]) => this.parameter(tensor),
      'torch._tensor._rebuild_from_type_v2': ([make, , args]) => this.subclass(make, args),
      'torch.Size': ([sizes]) => sizes,
      '_codecs.encode': ([text]) => text,
    };
    this.known = new Map<string, AllowedGlobal>([
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

  global(name: string): AllowedGlobal | StandIn {
    if (isOfAnAttack(name)) {
      this.cursor.fail(
        `refused the global ${quoted(name)}: no weights need it, and in Python it runs what the file wants. Here ` +
          'nothing of the file was run. Do not load it elsewhere either',
      );
    }
    return this.known.get(name) ?? standInFor(name);
  }

  /**
   * ('storage', type, key, device, length[, (key, offset, length) of an old file's view]); all else, as the class of
   * a module with its source, has a stand-in.
   */
  persistent(id: unknown): StorageWindow | StandIn {
    const [kind, type, key, , length, view] = Array.isArray(id) ? id : [];
    if (kind !== 'storage') return type instanceof StandIn ? type : new StandIn('persistent id');
    const isStorage =
      (type instanceof StandIn || (type instanceof ElementType && type.kind === 'storage')) &&
      isCount(length);
    if (!isStorage || typeof key !== 'string') {
      this.cursor.fail('the pickle refers to something that is no storage of tensors');
    }
    const described = storageOf(type, key, length);
    const storage = this.storages.get(key) ?? described;
    if (storage.type !== described.type || storage.length !== length) {
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

  private tensor(args: readonly unknown[], type?: unknown): StoredTensor | StandIn {
    const [window, start, shape, strides] = args;
    if (!(window instanceof StorageWindow))
      this.cursor.fail('the pickle has a tensor without storage');
    if (!(isCount(start) && areCounts(shape) && areCounts(strides))) {
      this.cursor.fail(
        'the pickle has a tensor whose offset, sizes or strides are no whole numbers',
      );
    }
    const { storage } = window;
    if (type instanceof StandIn) return new UnreadTensor(type.name); // its elements are not its storage's
    const dtype = type instanceof ElementType ? type.dtype : storage.dtype;
    if (dtype === undefined) return new UnreadTensor(storage.type);
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

  private parameter(tensor: unknown): StoredTensor | StandIn {
    return tensor instanceof StoredTensor || tensor instanceof StandIn
      ? tensor
      : this.cursor.fail('the pickle has a parameter without a tensor');
  }

  /** An instance of a subclass of torch.Tensor, as what it is made of. */
  private subclass(make: unknown, args: unknown): unknown {
    if (make instanceof StandIn) return make;
    const isRebuild = make instanceof AllowedGlobal && make.name.startsWith('torch._utils.');
    if (isRebuild && Array.isArray(args)) return make.call(args);
    return this.cursor.fail('the pickle has a tensor that is made by what makes no tensors');
  }

  private dict(given: unknown = []): Map<unknown, unknown> {
    const pairs = given instanceof Map ? [...given] : given;
    if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair))) {
      return this.cursor.fail('the pickle has an OrderedDict that is made of no pairs');
    }
    this.pairs += pairs.length;
    if (this.pairs > MAX_PAIRS) this.cursor.fail('the pickle makes OrderedDicts of too many pairs');
    return new Map(pairs as [unknown, unknown][]);
  }
}

function storageOf(type: ElementType | StandIn, key: string, length: number): Storage {
  const dtype = type instanceof ElementType ? type.dtype : undefined;
  const elementBytes = dtype === undefined ? UNREAD_STORAGES.get(type.name) : DTYPES[dtype].bytes;
  return { key, dtype, type: dtype ?? type.name, elementBytes, length };
}

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MAX_RANK && value.every(isCount);
}
