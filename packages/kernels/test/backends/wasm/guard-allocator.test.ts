import { uniform } from '@fbsd/testing';
import type { WasmBackend } from '../../../src/backends/wasm/backend.ts';
import { guardAllocator } from '../../../src/backends/wasm/guard-allocator.ts';

/**
 * tfjs's allocator, as far as it goes: sizes, with 8 bytes of records, before and behind each piece.
 *
 * @param spare bytes that each piece is longer than asked for
 */
function fakeWasm(spare: number) {
  const wasmMemory = new WebAssembly.Memory({ initial: 1024 });
  const words = new Uint32Array(wasmMemory.buffer);
  let top = 1020; // pieces are multiples of 8
  const record = (start: number, size: number) => {
    words[start / 4] = size;
    words[(start + size) / 4 - 1] = size;
    top = start + size;
  };
  const take = (bytes: number): number => {
    const start = top;
    record(start, Math.ceil(bytes / 8) * 8 + 8 + spare);
    return start + 4;
  };
  return {
    wasmMemory,
    _malloc: take,
    _free(address: number): void {
      const start = address - 4;
      if (start + (words[start / 4] as number) === top) top = start;
    },
    /**
     * Takes aligned memory, as XNNPACK does: what is missing before it goes to the piece there.
     *
     * @returns whether that piece's records say the same
     */
    takeAligned(alignment: number): boolean {
      const missing = -(top + 4) & (alignment - 1);
      const size = words[top / 4 - 1] as number;
      const start = top - size;
      const agree = words[start / 4] === size;
      if (missing > 0) record(start, size + missing);
      take(100);
      return missing === 0 || agree;
    },
  };
}

test.each([
  { alignment: 16, spare: 0 },
  { alignment: 64, spare: 0 },
  { alignment: 64, spare: 8 }, // the end cannot be chosen: records stay
])('what is aligned to $alignment bytes may follow large tensors, with $spare spare', (given) => {
  const { alignment, spare } = given;
  const wasm = fakeWasm(spare);
  guardAllocator({ wasm } as unknown as WasmBackend);
  const { _malloc: malloc } = wasm;
  for (let round = 0; round < 8; round++) {
    for (let i = 0; i < 3 + (round % 3); i++) {
      const bytes = 2 ** 20 + Math.floor(5000 * uniform(`bytes ${round}`, i));
      const address = malloc(bytes);
      expect(address % 64).toBe(0);
      new Uint8Array(wasm.wasmMemory.buffer, address, bytes).fill(255);
    }
    expect(wasm.takeAligned(alignment)).toBe(true);
  }
});
