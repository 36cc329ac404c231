/** Little-endian values one after the other, in memory that grows. */
export class ByteWriter {
  private memory = new Uint8Array(256);
  private view = new DataView(this.memory.buffer);
  private length = 0;

  u8(value: number): this {
    const place = this.reserve(1);
    this.view.setUint8(place, value);
    return this;
  }
  u16(value: number): this {
    const place = this.reserve(2);
    this.view.setUint16(place, value, true);
    return this;
  }
  u32(value: number): this {
    const place = this.reserve(4);
    this.view.setUint32(place, value, true);
    return this;
  }
  u64(value: number): this {
    const place = this.reserve(8);
    this.view.setBigUint64(place, BigInt(value), true);
    return this;
  }
  raw(bytes: ArrayLike<number>): this {
    const start = this.reserve(bytes.length);
    this.memory.set(bytes, start);
    return this;
  }
  /** What has been written; shares memory. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.memory.subarray(0, this.length);
  }

  /** Returns where the next `size` bytes go; makes the memory larger before that, where it must. */
  private reserve(size: number): number {
    const start = this.length;
    this.length += size;
    if (this.length > this.memory.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.memory);
      this.memory = larger;
      this.view = new DataView(larger.buffer);
    }
    return start;
  }
}
