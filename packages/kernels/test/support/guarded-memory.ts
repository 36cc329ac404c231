import { allocate, free, type WasmBackend } from '../../src/backends/wasm/backend.ts';
import type { WasmModule } from '../../src/backends/wasm/module.ts';

/** Bytes of a guard. */
const GUARD = 1024;
/** What guards, and memory that was not written yet, hold: as float32 it is NaN. */
const POISON = 0xff;

/** The memory of a backend under guard. */
export interface GuardedMemory {
  /** How many areas of working memory were asked for. */
  readonly areas: number;
  /** Checks all guards; returns where one was changed since the last call. */
  broken(): string[];
  /** Ends it. */
  restore(): void;
}

/**
 * Puts guards around each area of working memory and around each tensor, and fills both with NaN: a kernel that
 * writes outside of what it asked for changes a guard, one that reads there, or what nobody wrote, gets NaN.
 */
export function guardMemory(backend: WasmBackend, module: WasmModule): GuardedMemory {
  const { wasm } = backend;
  free(backend, allocate(backend, 1)); // at their first calls these functions put themselves in place
  const { _malloc: malloc, _free: release } = wasm;
  const broken: string[] = [];
  const tensors = new Map<number, number>();
  let working = { address: 0, sizes: [] as readonly number[] };
  let areas = 0;

  const bytes = (address: number, length: number) =>
    new Uint8Array(module.floats(0, 1).buffer, address, length);
  const intact = (address: number) => bytes(address, GUARD).every((byte) => byte === POISON);
  const poisoned = (length: number) => {
    const address = malloc(length) >>> 0;
    if (address) bytes(address, length).fill(POISON);
    return address;
  };

  const checkTensor = (address: number, size: number) => {
    if (!intact(address - GUARD)) broken.push(`before a tensor of ${size} bytes`);
    if (!intact(address + size)) broken.push(`behind a tensor of ${size} bytes`);
  };
  const checkWorking = () => {
    if (!working.address) return;
    let at = working.address;
    for (const [i, size] of [...working.sizes, 0].entries()) {
      if (!intact(at)) broken.push(`before area ${i} of ${working.sizes}`);
      at += GUARD + size;
    }
  };
  const freeWorking = () => {
    checkWorking();
    if (working.address) free(backend, working.address);
    working = { address: 0, sizes: [] };
  };

  wasm._malloc = (size) => {
    const address = poisoned(size + 2 * GUARD);
    if (!address) return 0;
    tensors.set(address + GUARD, size);
    return address + GUARD;
  };
  wasm._free = (address) => {
    const size = tensors.get(address >>> 0);
    if (size === undefined) return release(address);
    checkTensor(address >>> 0, size);
    tensors.delete(address >>> 0);
    release((address >>> 0) - GUARD);
  };
  const scratch = (...sizes: number[]): number[] => {
    freeWorking();
    areas += sizes.length;
    const address = allocate(
      backend,
      sizes.reduce((sum, size) => sum + size + GUARD, GUARD),
    );
    working = { address, sizes };
    let at = address + GUARD;
    return sizes.map((size) => {
      const area = at;
      at += size + GUARD;
      return area;
    });
  };
  module.scratch = scratch as typeof module.scratch;

  return {
    get areas() {
      return areas;
    },
    broken() {
      checkWorking();
      for (const [address, size] of tensors) checkTensor(address, size);
      return broken.splice(0);
    },
    restore() {
      freeWorking();
      Reflect.deleteProperty(module, 'scratch');
      wasm._malloc = malloc;
      // Tensors that are still there lie behind their guard.
      if (tensors.size === 0) wasm._free = release;
    },
  };
}
