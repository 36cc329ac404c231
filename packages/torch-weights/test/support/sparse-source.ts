import type { ByteSource } from '../../src/read/byte-source.ts';

/** A file of which only some parts exist: the rest reads as zeros, and takes no memory. */
export class SparseSource implements ByteSource {
  readonly name = 'sparse.zip';
  size = 0;
  /** Bytes that were asked for. */
  bytesRead = 0;
  private readonly parts: (readonly [number, Uint8Array<ArrayBuffer>])[] = [];

  add(bytes: Uint8Array<ArrayBuffer>, size = bytes.length): void {
    this.parts.push([this.size, bytes]);
    this.size += size;
  }
  /** As unzipit asks. */
  async getLength(): Promise<number> {
    return this.size;
  }
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    this.bytesRead += length;
    const piece = new Uint8Array(length);
    for (const [start, bytes] of this.parts) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + length, start + bytes.length);
      if (from < to) piece.set(bytes.subarray(from - start, to - start), from - offset);
    }
    return piece;
  }
}
