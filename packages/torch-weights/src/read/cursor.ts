import { WeightFileError } from '../weight-file-error.ts';

/** The bytes end before what they announce. */
export class CutOff extends WeightFileError {}

const decoder = new TextDecoder();

/** Reads little-endian values one after the other, and refuses to read past the end. */
export class Cursor {
  /** What errors call the bytes. */
  readonly label: string;
  position: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(label: string, bytes: Uint8Array, position = 0) {
    this.label = label;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }
  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }
  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }
  i32(): number {
    return this.view.getInt32(this.advance(4), true);
  }
  /** A number, or a bigint where a double would round it. */
  u64(): number | bigint {
    return exact(this.view.getBigUint64(this.advance(8), true));
  }
  /** Big-endian, as pickle writes it. */
  f64(): number {
    return this.view.getFloat64(this.advance(8), false);
  }
  /** `length` bytes of two's complement. */
  integer(length: number): number | bigint {
    const start = this.advance(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.at(start + i));
    return exact(BigInt.asIntN(8 * length, value));
  }
  take(length: number | bigint): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, this.position);
  }
  utf8(length: number | bigint): string {
    return decoder.decode(this.take(length));
  }
  /** Text up to a line feed, which is skipped. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    const text = this.utf8((end < 0 ? this.bytes.length + 1 : end) - this.position);
    this.position++;
    return text;
  }
  fail(message: string): never {
    throw new WeightFileError(this.label, `${message} (byte ${this.position}).`);
  }

  private at(index: number): number {
    return this.bytes[index] as number;
  }
  /** Checks before anything is made of the length. Returns where the piece starts. */
  private advance(length: number | bigint): number {
    const start = this.position;
    const left = this.bytes.length - start;
    if (length > left) {
      throw new CutOff(
        this.label,
        `${length} bytes are announced at byte ${start}, but only ${left} are left. ` +
          'The file is cut off or damaged: download or save it again.',
      );
    }
    this.position += Number(length);
    return start;
  }
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
