/** value·factor + term, as the micro-kernel adds products: a module of its own cannot import that. */
function addProducts(value: v128, factor: v128, term: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(value, factor, term);
  return f32x4.add(f32x4.mul(value, factor), term);
}

/**
 * As many multiplications and additions as the micro-kernel makes of a tile, in registers alone.
 *
 * @param values a factor and a term; gets the sum of what became of them
 */
export function multiplyInRegisters(values: usize, depth: i32): void {
  const factor = v128.load32_splat(values);
  const term = v128.load32_splat(values, 4);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(1);
  let c2 = f32x4.splat(2);
  let c3 = f32x4.splat(3);
  let c4 = f32x4.splat(4);
  let c5 = f32x4.splat(5);
  let c6 = f32x4.splat(6);
  let c7 = f32x4.splat(7);
  for (let k = 0; k < depth; k++) {
    c0 = addProducts(c0, factor, term);
    c1 = addProducts(c1, factor, term);
    c2 = addProducts(c2, factor, term);
    c3 = addProducts(c3, factor, term);
    c4 = addProducts(c4, factor, term);
    c5 = addProducts(c5, factor, term);
    c6 = addProducts(c6, factor, term);
    c7 = addProducts(c7, factor, term);
  }
  const low = f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3));
  const high = f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7));
  v128.store(values, f32x4.add(low, high));
}
