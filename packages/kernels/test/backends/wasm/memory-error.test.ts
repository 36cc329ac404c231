import { allocate, type WasmBackend } from '../../../src/backends/wasm/backend.ts';
import { WasmMemoryError } from '../../../src/backends/wasm/memory-error.ts';

test('a heap without room is an error of its own, which says how much was asked for', () => {
  const full = { wasm: { _malloc: () => 0 } } as unknown as WasmBackend;
  expect(() => allocate(full, 4096)).toThrow(WasmMemoryError);
  expect(() => allocate(full, 4096)).toThrow('the wasm heap has no 4096 bytes left');
});
