/**
 * One side of a product of matrices: a function of a place across (m or n) and a depth (k). What an array in
 * memory is to the product, the operand says: so an image needs no im2col, and a transposed matrix no
 * transposition.
 */
export interface Operand {
  /** Name of the array in the shader. */
  readonly array: string;
  /** 4 if the array is one of vec4; then four places along `contiguous` lie in one of them. @default 1 */
  readonly width?: 1 | 4;
  /** Along what neighbours lie side by side in memory. */
  readonly contiguous: 'across' | 'depth';
  /**
   * WGSL that defines two functions of what follows only from one of the coordinates, and a third
   * that puts both together; NAME is replaced by the operand's.
   *
   *     alias AcrossNAME = …; alias DepthNAME = …;
   *     fn acrossNAME(place: i32) -> AcrossNAME
   *     fn depthNAME(k: i32) -> DepthNAME
   *     fn indexNAME(across: AcrossNAME, depth: DepthNAME) -> i32   // −1: outside, a zero
   */
  readonly places: string;
}

/**
 * The `places` of an array in which an index follows from both coordinates as they are.
 *
 * @param index WGSL of it, with `place` and `k`
 */
export function placesAt(index: string): string {
  return `
alias AcrossNAME = i32; alias DepthNAME = i32;
fn acrossNAME(place: i32) -> i32 { return place; }
fn depthNAME(k: i32) -> i32 { return k; }
fn indexNAME(place: i32, k: i32) -> i32 { return ${index}; }`;
}

/** Which of a tile's 4×4 blocks a thread fetches: neighbouring threads fetch what lies side by side. */
export function blockPlace({ contiguous }: Operand, side: number, depth: number): string {
  return contiguous === 'depth'
    ? `along = place % ${depth / 4}; across = place / ${depth / 4};`
    : `across = place % ${side / 4}; along = place / ${side / 4};`;
}

/**
 * `prepareNAME(place)` computes what stays the same for all blocks of a thread; `fetchNAME(k, last)` reads
 * one of four places across and four depths, as it lies in memory: a column for each place, along the depth, if
 * the operand is contiguous there, else one for each depth. From `last` on there are zeros. All of it is
 * written out: an index that a loop computes would keep the values in memory instead of registers.
 */
export function operand(name: string, { array, width = 1, contiguous, places }: Operand): string {
  const type = width === 4 ? 'vec4<f32>' : 'f32';
  const prepared = width === 4 && contiguous === 'across' ? [0] : FOUR;
  return `
${places.replaceAll('NAME', name)}
${prepared.map((i) => `var<private> across${name}${i}: Across${name};`).join(' ')}
fn prepare${name}(place: i32) {
  ${prepared.map((i) => `across${name}${i} = across${name}(place + ${i});`).join(' ')}
}
fn read${name}(across: Across${name}, depth: Depth${name}) -> ${type} {
  let index = index${name}(across, depth);
  if (index < 0) { return ${type}(); }
  return ${array}[${width === 4 ? 'u32(index) / 4' : 'index'}];
}
fn fetch${name}(k: i32, last: i32) -> mat4x4<f32> {
  ${width === 4 && contiguous === 'depth' ? fetchAlongDepth(name) : fetchByDepths(name, prepared, contiguous)}
}
`;
}

/** vec4s along the depth. */
const fetchAlongDepth = (name: string) => `
  if (k >= last) { return mat4x4<f32>(); }
  let depth = depth${name}(k);
  return mat4x4<f32>(${FOUR.map((i) => `read${name}(across${name}${i}, depth)`)});`;

/** A vec4 for each depth, or four values. */
const fetchByDepths = (
  name: string,
  prepared: readonly number[],
  contiguous: Operand['contiguous'],
) => `
  ${FOUR.map(
    (j) => `var column${j}: vec4<f32>;
  if (k + ${j} < last) {
    let depth = depth${name}(k + ${j});
    column${j} = vec4<f32>(${prepared.map((i) => `read${name}(across${name}${i}, depth)`)});
  }`,
  ).join('\n  ')}
  let block = mat4x4<f32>(${FOUR.map((j) => `column${j}`)});
  return ${contiguous === 'depth' ? 'transpose(block)' : 'block'};`;

const FOUR = [0, 1, 2, 3];
