import { checkKnown, isPromise, shown } from '../known-options.ts';
import type { StateDict } from '../state-dict.ts';
import { WeightFileError } from '../weight-file-error.ts';
import { type ByteSource, blobSource, bytesSource, readBytes } from './byte-source.ts';
import { describeForeign, TELLING_BYTES } from './foreign-files.ts';
import { readSafetensors } from './safetensors.ts';
import { readTorchLegacy } from './torch-legacy.ts';
import { readTorchZip } from './torch-zip.ts';

const WHERE = '[@fbsd/torch-weights] readStateDict';
const BRACE = 0x7b; // JSON, behind a length of 8 bytes that may be anything
const ZIP = [0x50, 0x4b, 3, 4];
const PICKLE = 0x80;

/** Reads a file by what it holds, whatever its name. */
export async function readWeights(source: ByteSource): Promise<StateDict> {
  const head = await readBytes(source, 0, Math.min(source.size, TELLING_BYTES));
  if (head[8] === BRACE) return readSafetensors(source);
  if (ZIP.every((byte, i) => head[i] === byte)) return readTorchZip(source);
  if (head[0] === PICKLE) return readTorchLegacy(source);
  throw new WeightFileError(source.name, describeForeign(head, source.size));
}

/**
 * Reads the tensors of a PyTorch file (.pth, .pt: zip or the format before 1.6) or of a .safetensors
 * file. Which one it is, the bytes say.
 *
 * A state dict is found at the top or under `state_dict`, `model`, … (the largest of them); entries that are no tensors are
 * left out. Names are the file's. 16-bit floats come as Float32Array, bool as Uint8Array.
 * A pickle can build tensors and plain containers, nothing else: whatever else it names has a stand-in
 * that does nothing, and nothing of the file is ever run.
 *
 * The tensors share the memory of an ArrayBuffer where its layout allows it; of a Blob only the
 * pieces in use are read.
 *
 * @param file the bytes, or a Blob as an `<input type="file">` gives it
 * @param args.name what errors call the file. @default the Blob's name, or 'weights'
 * @throws WeightFileError for a file that is damaged, hostile or of another kind
 */
export async function readStateDict(
  file: ArrayBuffer | Uint8Array<ArrayBuffer> | Blob,
  args: { name?: string } = {},
): Promise<StateDict> {
  checkKnown(WHERE, args, ['name']);
  if (file instanceof Blob) {
    return readWeights(
      blobSource(args.name ?? ('name' in file ? String(file.name) : 'weights'), file),
    );
  }
  if (!isBytes(file)) {
    const advice = isPromise(file) ? 'Await it.' : "For a path use '@fbsd/torch-weights/node'.";
    throw new TypeError(
      `${WHERE}: expects an ArrayBuffer, a Uint8Array or a Blob; got ${shown(file)}. ${advice}`,
    );
  }
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  return readWeights(bytesSource(args.name ?? 'weights', bytes));
}

/** Of whatever realm. */
function isBytes(file: unknown): boolean {
  return ArrayBuffer.isView(file) || /Buffer\]$/.test(Object.prototype.toString.call(file));
}
