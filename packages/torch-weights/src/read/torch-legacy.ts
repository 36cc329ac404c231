import type { StateDict } from '../state-dict.ts';
import { quoted, WeightFileError } from '../weight-file-error.ts';
import { type ByteSource, readBytes } from './byte-source.ts';
import { Cursor, CutOff } from './cursor.ts';
import { type Storage, storageBytes } from './stored-tensor.ts';
import { readTensors } from './torch-dict.ts';
import { TorchContext } from './torch-globals.ts';
import { unpickle } from './unpickle.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
/** Bytes of each storage's length, which stands in front of it. */
const LENGTH_BYTES = 8;
const FIRST_WINDOW = 2 ** 18;

interface Head {
  root: unknown;
  /** In the order in which their bytes follow. */
  storages: Storage[];
  /** Where the first storage begins. */
  end: number;
}

/** Reads what torch.save wrote before PyTorch 1.6: five pickles, then the storages one by one. */
export async function readTorchLegacy(source: ByteSource): Promise<StateDict> {
  const { root, storages, end } = await readHead(source);
  const places = new Map<Storage, number>();
  let position = end;
  for (const storage of storages) {
    const length = new Cursor(
      `${source.name}, storage ${quoted(storage.key)}`,
      await readBytes(source, position, LENGTH_BYTES),
    ).u64();
    if (length !== storage.length) {
      throw new WeightFileError(
        source.name,
        `the storage at byte ${position} must have ${storage.length} elements; it says ${length}.`,
      );
    }
    if (storage.elementBytes === undefined) {
      throw new WeightFileError(
        source.name,
        `storage ${quoted(storage.key)} is of the unknown type ${quoted(storage.type)}, so that what follows it cannot be ` +
          'found. Save the weights alone, with torch.save(model.state_dict(), file).',
      );
    }
    places.set(storage, position + LENGTH_BYTES);
    position += LENGTH_BYTES + storageBytes(storage);
  }
  return readTensors(source, root, async (storage) => {
    const place = places.get(storage);
    if (place !== undefined) return readBytes(source, place, storageBytes(storage));
    throw new WeightFileError(
      source.name,
      `storage ${quoted(storage.key)} is missing from the file.`,
    );
  });
}

/** Nothing says how long the pickles are: reads more of the file until they end. */
async function readHead(source: ByteSource): Promise<Head> {
  for (let window = FIRST_WINDOW; ; window *= 4) {
    const length = Math.min(window, source.size);
    const bytes = await readBytes(source, 0, length);
    try {
      return parseHead(new Cursor(source.name, bytes));
    } catch (error) {
      if (!(error instanceof CutOff) || length === source.size) throw error;
    }
  }
}

function parseHead(cursor: Cursor): Head {
  const context = new TorchContext(cursor);
  const next = () => unpickle(cursor, context);
  if (next() !== MAGIC) cursor.fail('a pickle, but not one that torch.save wrote');
  const protocol = next();
  if (protocol !== PROTOCOL) {
    cursor.fail(`the protocol must be ${PROTOCOL}; got ${quoted(protocol)}`);
  }
  const system = next();
  if (!(system instanceof Map) || system.get('little_endian') !== true) {
    cursor.fail('the byte order must be little; the file was written on another kind of machine');
  }
  const root = next();
  const keys = next();
  if (!Array.isArray(keys) || new Set(keys).size !== keys.length) {
    cursor.fail('the list of storages is damaged');
  }
  const storages = keys.map(
    (key) => context.storages.get(key) ?? cursor.fail(`nothing uses storage ${quoted(key)}`),
  );
  return { root, storages, end: cursor.position };
}
