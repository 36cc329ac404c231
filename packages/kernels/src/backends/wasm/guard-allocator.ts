import { ALIGNMENT, Arena, aligned } from './arena.ts';
import { memoryOf, type WasmBackend } from './backend.ts';
import { noRoomFor } from './memory-error.ts';

/*
 * What tfjs's own allocator does when the heap is full: it counts beyond the end of the addresses, on from 0, and
 * then its records and what it gives out lie in memory that is in use. And where it gives 0, for a failure, tfjs
 * writes the values there. So it is never asked for what would not fit, which takes knowing what is free: large
 * tensors get their memory from an arena that is made of its memory.
 *
 * tfjs's allocator records the size of a piece before it, with that of the records, and again behind it. To begin where
 * XNNPACK, by which tfjs pools and convolves, wants memory aligned, it makes the piece before that longer, by these records,
 * which the arena has given away. So pieces of the arena end where what follows is aligned already.
 */

/** Addresses have 32 bits. */
const LIMIT = 2 ** 32;
/** Bytes from which on a tensor is large. */
const LARGE = 2 ** 20;
/** Bytes at the end of the heap that large tensors leave to small ones, and both to the inside of the wasm. */
const RESERVE = 2 ** 26;
/** Bytes of the allocator's records of a piece: half of them before it. */
const RECORDS = 8;

const guarded = new WeakSet<WasmBackend>();

/**
 * Has a backend refuse tensors for which its heap has no room, with a `WasmMemoryError` and before anything is
 * written; for good, since tensors may live where only it can free them.
 */
export function guardAllocator(backend: WasmBackend): void {
  if (guarded.has(backend)) return;
  guarded.add(backend);
  const { wasm } = backend;
  wasm._free(wasm._malloc(1)); // the first call of each puts another function in its place
  const { _malloc: malloc, _free: free } = wasm;
  const arena = new Arena();
  let end = memoryOf(backend).buffer.byteLength; // of all that the allocator gave: at most this by now

  const obtain = (bytes: number, reserve: number): number => {
    if (bytes >= LARGE && end + bytes > LIMIT - reserve) return 0;
    const address = malloc(bytes) >>> 0; // addresses above 2 GiB come back negative
    if (address + bytes > LIMIT - reserve) {
      free(address);
      return 0;
    }
    end = Math.max(end, address + bytes);
    return address;
  };
  /** Whether what follows a piece of so many bytes would be aligned, by the record before it. */
  const endsAligned = (address: number, bytes: number): boolean => {
    const before = new Uint32Array(memoryOf(backend).buffer, address - RECORDS / 2, 1);
    const spare = (before[0] as number) - RECORDS - bytes; // too little for a piece of its own
    return spare >= 0 && spare < ALIGNMENT && (address + RECORDS + bytes + spare) % ALIGNMENT === 0;
  };
  /** Has the arena grow, by so many bytes or a few more. */
  const addPiece = (bytes: number): void => {
    const room = obtain(bytes + 2 * ALIGNMENT, RESERVE);
    if (!room) return;
    free(room); // there is room there for a shorter one, whose end can be chosen
    const chosen = aligned(room + RECORDS + bytes) - RECORDS - room;
    const address = malloc(chosen) >>> 0;
    if (address) arena.add(address, chosen, !endsAligned(address, chosen));
  };
  const takeLarge = (bytes: number): number => {
    let address = arena.take(bytes);
    for (const missing of [aligned(bytes - arena.tail) + ALIGNMENT, bytes + ALIGNMENT]) {
      if (address) break;
      addPiece(missing);
      address = arena.take(bytes);
    }
    return address;
  };

  const takeSmall = (bytes: number): number =>
    obtain(bytes, RESERVE / 2) || arena.take(aligned(bytes));

  wasm._malloc = (bytes) => {
    const address = bytes < LARGE ? takeSmall(bytes) : takeLarge(aligned(bytes));
    if (address === 0) throw noRoomFor(bytes);
    return address;
  };
  wasm._free = (address) => {
    if (!arena.give(address >>> 0)) free(address);
  };
}
