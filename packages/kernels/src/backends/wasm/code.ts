import { RELAXED_SIMD, SIMD } from './binaries.ts';

/** The module's code, the fastest first: with relaxed SIMD products are added in one instruction. */
const VARIANTS = { RELAXED_SIMD, SIMD } as const;

/** The instructions of one of them. */
export type Variant = keyof typeof VARIANTS;

/** Those that this JavaScript engine runs, the fastest first; none where it has no SIMD. */
export function variants(): Variant[] {
  const all = Object.keys(VARIANTS) as Variant[];
  return all.filter((variant) => WebAssembly.validate(decode(variant, false)));
}

/**
 * The module's code for such a heap.
 *
 * @param variant one of {@link variants}. @default the fastest
 */
export function compileFor(
  memory: WebAssembly.Memory,
  variant: Variant = variants()[0] ?? 'SIMD',
): WebAssembly.Module {
  // By its name: where several realms meet, as in Jest, it need not be an instance of this one's class.
  const shared = Object.prototype.toString.call(memory.buffer) === '[object SharedArrayBuffer]';
  return new WebAssembly.Module(decode(variant, shared));
}

/** Whether this JavaScript engine runs the module at all. */
export function isSupported(): boolean {
  return variants().length > 0;
}

/** In the description of a memory: it is shared. */
const SHARED = 0b10;

/** The module's code, which differs in one bit for a memory that threads share. */
function decode(variant: Variant, shared: boolean): Uint8Array<ArrayBuffer> {
  const text = atob(VARIANTS[variant]);
  const code = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const flags = text.indexOf('memory') + 'memory'.length + 1; // behind the import's name and kind
  if (shared) code[flags] = (code[flags] as number) | SHARED;
  return code;
}
