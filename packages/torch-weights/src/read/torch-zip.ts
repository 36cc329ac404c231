import { unzipRaw, type ZipEntry } from 'unzipit';
import type { StateDict } from '../state-dict.ts';
import { quoted, WeightFileError } from '../weight-file-error.ts';
import { type ByteSource, readBytes } from './byte-source.ts';
import { Cursor } from './cursor.ts';
import { type Storage, storageBytes } from './stored-tensor.ts';
import { readTensors } from './torch-dict.ts';
import { TorchContext } from './torch-globals.ts';
import { unpickle } from './unpickle.ts';

/** A directory of some 100,000 records; the library makes objects of it. */
const MAX_DIRECTORY_BYTES = 2 ** 24;
/** Unpacked over packed size that no file of weights reaches in earnest. */
const MAX_INFLATION = 16;

/** Reads what torch.save has written since PyTorch 1.6: a zip of a pickle and one record per storage. */
export async function readTorchZip(source: ByteSource): Promise<StateDict> {
  const entries = await readDirectory(source);
  const pickle = [...entries.keys()].find((name) => /^([^/]*\/)?data\.pkl$/.test(name));
  if (pickle === undefined) {
    throw new WeightFileError(
      source.name,
      'it is a zip archive without data.pkl, so not written by torch.save.',
    );
  }
  const folder = pickle.slice(0, -'data.pkl'.length);
  const record = (name: string) => readEntry(source, entries.get(folder + name), name);
  if (entries.has(`${folder}byteorder`)) {
    const order = new TextDecoder().decode(await record('byteorder'));
    if (order !== 'little') {
      throw new WeightFileError(
        source.name,
        `its byte order must be little; got ${quoted(order)}.`,
      );
    }
  }
  const cursor = new Cursor(`${source.name}, record data.pkl`, await record('data.pkl'));
  const root = unpickle(cursor, new TorchContext(cursor));
  return readTensors(source, root, async (storage: Storage) => {
    const bytes = await record(`data/${storage.key}`);
    if (bytes.length === storageBytes(storage)) return bytes;
    throw new WeightFileError(
      source.name,
      `record ${quoted(`data/${storage.key}`)} must have ${storageBytes(storage)} bytes (${storage.length} ` +
        `of ${storage.dtype}); got ${bytes.length}.`,
    );
  });
}

/** The records by name, sizes checked: together they fit in the file, and do not unpack to a flood. */
async function readDirectory(source: ByteSource): Promise<Map<string, ZipEntry>> {
  let limit = MAX_DIRECTORY_BYTES;
  const reader = {
    getLength: async () => source.size,
    read: (offset: number, length: number) => {
      if (length <= limit) return readBytes(source, offset, length);
      throw new WeightFileError(source.name, `its zip directory takes ${length} bytes, too many.`);
    },
  };
  const { entries } = await unzipping(source, () => unzipRaw(reader));
  limit = source.size;
  const packed = entries.reduce((sum, entry) => sum + entry.compressedSize, 0);
  const unpacked = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (!(packed <= source.size && unpacked <= MAX_INFLATION * source.size)) {
    throw new WeightFileError(
      source.name,
      `its records announce ${packed} bytes, ${unpacked} unpacked, in a file of ${source.size}. ` +
        'It is damaged, or made to fill the memory.',
    );
  }
  return new Map(entries.map((entry) => [entry.name, entry]));
}

async function readEntry(
  source: ByteSource,
  entry: ZipEntry | undefined,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!entry) {
    throw new WeightFileError(source.name, `record ${quoted(name)} is missing from the archive.`);
  }
  return new Uint8Array(await unzipping(source, () => entry.arrayBuffer()));
}

/** What the zip library throws is about the file: says so, and keeps it as the cause. */
async function unzipping<T>(source: ByteSource, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WeightFileError) throw error;
    throw new WeightFileError(
      source.name,
      `its zip archive cannot be read: ${(error as Error).message}. It is cut off or damaged: download or save it again.`,
      { cause: error },
    );
  }
}
