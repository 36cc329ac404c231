/**
 * Counts what the wasm backend's heap holds.
 *
 * @typedef {object} Heap tfjs's wasm module
 * @property {(bytes: number) => number} _malloc
 * @property {(address: number) => void} _free
 * @property {Uint8Array} HEAPU8
 */

/** Follows a heap from now on. */
export class HeapWatch {
  /** Bytes of what is allocated now, of what was allocated before the watch began apart. */
  live = 0;
  /** The most so far. */
  peak = 0;
  /** @type {Map<number, number>} */
  #sizes = new Map();
  #heap;

  /** @param {Heap} heap */
  constructor(heap) {
    this.#heap = heap;
    heap._free(heap._malloc(1)); // Emscripten puts another function there at the first call
    const { _malloc: malloc, _free: free } = heap;
    heap._malloc = (bytes) => {
      const address = malloc(bytes) >>> 0;
      if (address === 0) throw new RangeError(`full: no ${bytes} bytes beside ${this.live}`);
      this.#sizes.set(address, bytes);
      this.live += bytes;
      this.peak = Math.max(this.peak, this.live);
      return address;
    };
    heap._free = (address) => {
      this.live -= this.#sizes.get(address >>> 0) ?? 0;
      this.#sizes.delete(address >>> 0);
      free(address);
    };
  }

  /** Bytes that the heap has grown to; it never shrinks. */
  get size() {
    return this.#heap.HEAPU8.buffer.byteLength;
  }
}

/**
 * Makes the kernels' own WebAssembly compute nothing from now on: a step then allocates what it always does, in a
 * fraction of the time. Results are meaningless. Only without threads.
 */
export function skipArithmetic() {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = /** @type {typeof Instance} */ (
    /** @type {unknown} */ (
      class {
        /** @param {ConstructorParameters<typeof Instance>} args */
        constructor(...args) {
          /** @type {WebAssembly.Exports} */
          this.exports = {};
          for (const [name, value] of Object.entries(new Instance(...args).exports)) {
            const computes = typeof value === 'function' && !name.endsWith('Bytes');
            this.exports[name] = computes ? () => 0 : value;
          }
        }
      }
    )
  );
}
