import type { StateDict } from '../state-dict.ts';
import { quoted, WeightFileError } from '../weight-file-error.ts';
import type { ByteSource } from './byte-source.ts';
import { Cursor } from './cursor.ts';
import { type Storage, storageBytes } from './stored-tensor.ts';
import { readTensors } from './torch-dict.ts';
import { TorchContext } from './torch-globals.ts';
import { unpickle } from './unpickle.ts';
import { readZipDirectory, readZipRecord, type ZipRecord } from './zip-archive.ts';

/** Unpacked over packed size that no file of weights reaches in earnest. */
const MAX_INFLATION = 16;

/** Reads what torch.save has written since PyTorch 1.6: a zip of a pickle and one record per storage. */
export async function readTorchZip(source: ByteSource): Promise<StateDict> {
  const records = await readDirectory(source);
  const pickle = [...records.keys()].find((name) => /^([^/]*\/)?data\.pkl$/.test(name));
  if (pickle === undefined) {
    throw new WeightFileError(
      source.name,
      'it is a zip archive without data.pkl, so not written by torch.save.',
    );
  }
  const folder = pickle.slice(0, -'data.pkl'.length);
  const record = (name: string) => {
    const found = records.get(folder + name);
    if (found) return readZipRecord(source, found);
    throw new WeightFileError(source.name, `record ${quoted(name)} is missing from the archive.`);
  };
  if (records.has(`${folder}byteorder`)) {
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
async function readDirectory(source: ByteSource): Promise<Map<string, ZipRecord>> {
  const records = await readZipDirectory(source);
  const packed = records.reduce((sum, record) => sum + record.packed, 0);
  const unpacked = records.reduce((sum, record) => sum + record.size, 0);
  if (!(packed <= source.size && unpacked <= MAX_INFLATION * source.size)) {
    throw new WeightFileError(
      source.name,
      `its records announce ${packed} bytes, ${unpacked} unpacked, in a file of ${source.size}. ` +
        'It is damaged, or made to fill the memory.',
    );
  }
  return new Map(records.map((record) => [record.name, record]));
}
