import { PICTURES } from './binaries.ts';

/** The exports of `assembly/`; addresses and sizes are in bytes. */
interface Exports {
  /** How far the functions may read and write behind the end of an area. */
  readonly BYTES_BEHIND: WebAssembly.Global;
  /** The fraction bits of the weights of a resize. */
  readonly FRACTION_BITS: WebAssembly.Global;
  resizeRows(...args: Args<8>): void;
  resizeColumns(...args: Args<8>): void;
  copyWindow(...args: Args<7>): void;
  normalise(bytes: number, count: number, result: number): void;
}
type Args<N extends number> = number[] & { length: N };

/** Memory beyond this is given back after use: one huge picture must not cost it for ever. */
const KEPT = 64 * 2 ** 20;
const PAGE = 65_536;
const ALIGNMENT = 16;

let compiled: WebAssembly.Module | undefined;
let current: PictureModule | undefined;

/** The module for arithmetic on pictures, with memory of its own. */
export class PictureModule {
  readonly functions: Omit<Exports, 'BYTES_BEHIND' | 'FRACTION_BITS'>;
  /** The fraction bits of the weights that `resizeRows` and `resizeColumns` take. */
  readonly fractionBits: number;
  private readonly bytesBehind: number;
  private readonly memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });

  constructor() {
    compiled ??= new WebAssembly.Module(bytesOf(PICTURES));
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory: this.memory } });
    const { BYTES_BEHIND, FRACTION_BITS, ...functions } = exports as unknown as Exports;
    this.functions = functions;
    this.fractionBits = FRACTION_BITS.value;
    this.bytesBehind = BYTES_BEHIND.value;
  }

  /**
   * Addresses of areas of the given sizes; what was in the memory before is lost.
   *
   * @throws RangeError when that is more than WebAssembly can have, 4 GB
   */
  areas<N extends number[]>(...sizes: N): { [K in keyof N]: number } {
    let end = 1024;
    const addresses = sizes.map((size) => {
      const address = end;
      end += Math.ceil((size + this.bytesBehind) / ALIGNMENT) * ALIGNMENT;
      return address;
    });
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return addresses as { [K in keyof N]: number };
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  get tooLarge(): boolean {
    return this.memory.buffer.byteLength > KEPT;
  }
}

/** Lends the module to a function, which must keep none of its views. */
export function withPictureModule<T>(use: (module: PictureModule) => T): T {
  current ??= new PictureModule();
  const result = use(current);
  if (current.tooLarge) current = undefined;
  return result;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
