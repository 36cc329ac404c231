/** Moves the bits of a float between 16 and 32 of them. */
export interface HalfPrecision {
  /** The 32 bits of the same value. */
  readonly widened: (bits: number) => number;
  /** The 16 bits of the nearest value, of two as near that with an even fraction. */
  readonly narrowed: (bits: number) => number;
}

/** 1 sign, 5 exponent, 10 fraction bits; float32 has 1, 8 and 23. */
export const FLOAT16: HalfPrecision = {
  widened(bits) {
    const sign = (bits & 0x8000) << 16;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13); // infinite, NaN
    if (exponent > 0) return sign | ((exponent + 127 - 15) << 23) | (fraction << 13);
    if (fraction === 0) return sign;
    const shift = Math.clz32(fraction) - 21; // subnormal: fraction·2⁻²⁴, normal in float32
    return sign | ((127 - 14 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
  },
  narrowed(bits) {
    const sign = (bits >>> 16) & 0x8000;
    const magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) return sign | 0x7c00 | nanFraction((bits >> 13) & 0x3ff, 0x200);
    const exponent = (magnitude >>> 23) - 127 + 15;
    if (exponent >= 0x1f) return sign | 0x7c00;
    if (exponent > 0) return sign | rounded(magnitude - ((127 - 15) << 23), 13); // may become infinite
    if (exponent < -10) return sign; // less than half of the smallest
    return sign | rounded((magnitude & 0x7fffff) | 0x800000, 14 - exponent);
  },
};

/** The upper half of a float32. */
export const BFLOAT16: HalfPrecision = {
  widened: (bits) => bits << 16,
  narrowed: (bits) =>
    (bits & 0x7fffffff) > 0x7f800000
      ? ((bits >>> 16) & 0xff80) | nanFraction((bits >>> 16) & 0x7f, 0x40)
      : rounded(bits, 16),
};

/** The fraction of a NaN whose lower bits are gone; 0 would make it infinite. */
function nanFraction(fraction: number, quiet: number): number {
  return fraction === 0 ? quiet : fraction;
}

/** `bits` without the last `dropped`, to the nearest, of two as near the even one. */
function rounded(bits: number, dropped: number): number {
  const kept = bits >>> dropped;
  const rest = bits & ((1 << dropped) - 1);
  const half = 1 << (dropped - 1);
  return rest > half || (rest === half && kept % 2 === 1) ? kept + 1 : kept;
}
