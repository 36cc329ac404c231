/** Bytes that are known, or that are written when the file is: so that no second copy of the weights is held. */
export type Bytes = Uint8Array | LateBytes;

/** Bytes of which the number is known. */
export interface LateBytes {
  readonly length: number;
  /** Fills `target`, which has that length and begins anywhere in its buffer. */
  write(target: Uint8Array): Promise<void>;
}

/** The kinds of fields in the encoding of Protocol Buffers. */
const WIRE = { varint: 0, bytes: 2, float: 5 } as const;

/**
 * A message in the encoding of Protocol Buffers, field by field; a repeated field is added once for each of its values.
 *
 * Source: https://protobuf.dev/programming-guides/encoding
 */
export class Message {
  /** In bytes. */
  length = 0;
  private readonly pieces: Bytes[] = [];

  /** A field of type int32, int64 or enum. */
  int(field: number, value: number | bigint): this {
    return this.add(varint(key(field, WIRE.varint)), varint(value));
  }

  /** A field of type float. */
  float(field: number, value: number): this {
    const four = new Uint8Array(4);
    new DataView(four.buffer).setFloat32(0, value, true);
    return this.add(varint(key(field, WIRE.float)), four);
  }

  /** A field of type string. */
  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** A field of type bytes. */
  bytes(field: number, value: Bytes): this {
    return this.add(varint(key(field, WIRE.bytes)), varint(value.length), value);
  }

  /** A field that is a message; later changes of that one are not seen. */
  message(field: number, value: Message): this {
    return this.add(varint(key(field, WIRE.bytes)), varint(value.length), ...value.pieces);
  }

  /** The message as a file. */
  async serialize(): Promise<Uint8Array<ArrayBuffer>> {
    const file = new Uint8Array(this.length);
    let at = 0;
    for (const piece of this.pieces) {
      if (piece instanceof Uint8Array) file.set(piece, at);
      else await piece.write(file.subarray(at, at + piece.length));
      at += piece.length;
    }
    return file;
  }

  private add(...pieces: Bytes[]): this {
    for (const piece of pieces) {
      this.pieces.push(piece);
      this.length += piece.length;
    }
    return this;
  }
}

const key = (field: number, wire: number) => field * 8 + wire;

/** Seven bits a byte, the lowest first; a negative number as its two's complement of 64 bits. */
function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const seven = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? seven | 0x80 : seven);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
