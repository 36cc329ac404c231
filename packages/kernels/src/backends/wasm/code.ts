import { RELAXED_SIMD, SIMD } from './binaries.ts';

/** The module's code: with relaxed SIMD, which adds products in one instruction, and without. */
export type Variant = 'RELAXED_SIMD' | 'SIMD';

/** The faster one that this JavaScript engine runs. */
export function fastestVariant(): Variant {
  return isValid('RELAXED_SIMD') ? 'RELAXED_SIMD' : 'SIMD';
}

/** Whether this JavaScript engine runs the module at all. */
export function isSupported(): boolean {
  return isValid('SIMD');
}

/**
 * The module's code for such a heap.
 *
 * @param variant one that the engine runs. @default {@link fastestVariant}
 */
export function compileFor(
  memory: WebAssembly.Memory,
  variant: Variant = fastestVariant(),
): WebAssembly.Module {
  // By its name: where several realms meet, as in Jest, it need not be an instance of this one's class.
  const shared = Object.prototype.toString.call(memory.buffer) === '[object SharedArrayBuffer]';
  return new WebAssembly.Module(decode(variant, shared));
}

function isValid(variant: Variant): boolean {
  return WebAssembly.validate(decode(variant, false));
}

/** In the description of a memory: it is shared. */
const SHARED = 0b10;

/** The code, which differs in one bit for a memory that threads share. */
function decode(variant: Variant, shared: boolean): Uint8Array<ArrayBuffer> {
  const text = atob(SIMD);
  const code = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const flags = text.indexOf('memory') + 'memory'.length + 1; // behind the import's name and kind
  if (shared) code[flags] = (code[flags] as number) | SHARED;
  return variant === 'SIMD' ? code : changed(code, RELAXED_SIMD);
}

/** With changes: before each so many bytes stay, so many are left out, and others come. */
function changed(
  code: Uint8Array,
  changes: readonly (readonly number[])[],
): Uint8Array<ArrayBuffer> {
  const parts: Iterable<number>[] = [];
  let place = 0;
  for (const [kept = 0, dropped = 0, ...added] of changes) {
    parts.push(code.subarray(place, place + kept), added);
    place += kept + dropped;
  }
  parts.push(code.subarray(place));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
