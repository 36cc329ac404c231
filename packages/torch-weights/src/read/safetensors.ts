import { DTYPE_NAMES, DTYPES, type DType, decode } from '../dtypes.ts';
import { elementCount, isCount } from '../sizes.ts';
import type { StateDict, StateTensor } from '../state-dict.ts';
import { quoted, WeightFileError } from '../weight-file-error.ts';
import { type ByteSource, readBytes } from './byte-source.ts';
import { Cursor } from './cursor.ts';

/** Some 100,000 tensors; the format allows 100 MB, which parsed would take gigabytes. */
const MAX_HEADER_BYTES = 2 ** 24;
const LENGTH_BYTES = 8;

const BY_NAME: ReadonlyMap<unknown, DType> = new Map(
  DTYPE_NAMES.map((dtype) => [DTYPES[dtype].safetensors, dtype] as const),
);

interface Entry {
  name: string;
  dtype: DType;
  shape: number[];
  begin: number;
  end: number;
}

/** Reads a .safetensors file: the length of a JSON header, the header, the tensors' bytes. */
export async function readSafetensors(source: ByteSource): Promise<StateDict> {
  const head = new Cursor(source.name, await readBytes(source, 0, LENGTH_BYTES));
  const headerLength = head.u64();
  if (!isCount(headerLength) || headerLength > Math.min(source.size, MAX_HEADER_BYTES)) {
    throw new WeightFileError(
      source.name,
      `its header announces ${headerLength} bytes in a file of ${source.size}, at most ${MAX_HEADER_BYTES} ` +
        'are allowed. It is damaged, or no .safetensors file.',
    );
  }
  const header = parse(source.name, await readBytes(source, LENGTH_BYTES, headerLength));
  const start = LENGTH_BYTES + headerLength;
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => checked(source.name, name, value));
  requireCover(source, entries, source.size - start);
  const tensors = new Map<string, StateTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const bytes = await readBytes(source, start + begin, end - begin);
    tensors.set(name, { dtype, shape, data: decode(bytes, dtype) });
  }
  return tensors;
}

function parse(file: string, bytes: Uint8Array): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const message = `its header is no JSON: ${(error as Error).message}.`;
    throw new WeightFileError(file, message, { cause: error });
  }
  if (isObject(header)) return header;
  throw new WeightFileError(file, 'its header must be a JSON object.');
}

function checked(file: string, name: string, value: unknown): Entry {
  const {
    dtype: type,
    shape,
    data_offsets,
  } = (isObject(value) ? value : {}) as Record<string, unknown>;
  const fail = (message: string): never => {
    throw new WeightFileError(file, `tensor ${quoted(name)}: ${message}`);
  };
  const dtype =
    BY_NAME.get(type) ??
    fail(`its dtype must be one of ${[...BY_NAME.keys()]}; got ${quoted(type)}.`);
  if (!(Array.isArray(shape) && shape.every(isCount))) {
    return fail('its shape must be a list of whole numbers.');
  }
  if (!(Array.isArray(data_offsets) && data_offsets.length === 2 && data_offsets.every(isCount))) {
    return fail('its data_offsets must be two whole numbers.');
  }
  const [begin, end] = data_offsets as [number, number];
  const bytes = DTYPES[dtype].bytes * elementCount(shape);
  if (end - begin !== bytes) {
    fail(
      `[${quoted(shape.join())}] of ${type} takes ${bytes} bytes; its data_offsets hold ${end - begin}.`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** The format's rule: the tensors cover all of the data, without a gap and without overlap. */
function requireCover(source: ByteSource, entries: readonly Entry[], size: number): void {
  const inOrder = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of inOrder) {
    if (begin !== covered) {
      throw new WeightFileError(
        source.name,
        `tensor ${quoted(name)} must begin at byte ${covered} of the data, where the one before it ends; ` +
          `it begins at ${begin}.`,
      );
    }
    covered = end;
  }
  if (covered !== size) {
    throw new WeightFileError(
      source.name,
      `its tensors take ${covered} bytes, but ${size} follow the header. It is cut off or damaged: ` +
        'download or save it again.',
    );
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
