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
 * one: four columns, one for each depth, of four places across. From `last` on there are zeros.
 */
export function operand(name: string, { array, width = 1, contiguous, places }: Operand): string {
  const prepared = width === 4 && contiguous === 'across' ? 1 : 4;
  const type = width === 4 ? 'vec4<f32>' : 'f32';
  return `
${places.replaceAll('NAME', name)}
var<private> prepared${name}: array<Across${name}, ${prepared}>;
fn prepare${name}(place: i32) {
  for (var i = 0; i < ${prepared}; i++) { prepared${name}[i] = across${name}(place + i); }
}
fn read${name}(i: i32, depth: Depth${name}) -> ${type} {
  let index = index${name}(prepared${name}[i], depth);
  if (index < 0) { return ${type}(); }
  return ${array}[${width === 4 ? 'index / 4' : 'index'}];
}
fn fetch${name}(k: i32, last: i32) -> mat4x4<f32> {
  var block: mat4x4<f32>;
  ${fetchBlock(name, width, contiguous)}
}
`;
}

function fetchBlock(name: string, width: 1 | 4, contiguous: Operand['contiguous']): string {
  if (width === 4 && contiguous === 'depth') {
    return `
  if (k >= last) { return block; }
  let depth = depth${name}(k);
  for (var i = 0; i < 4; i++) { block[i] = read${name}(i, depth); }
  return transpose(block);`;
  }
  const line =
    width === 4
      ? `block[j] = read${name}(0, depth);`
      : `for (var i = 0; i < 4; i++) { block[j][i] = read${name}(i, depth); }`;
  return `
  for (var j = 0; j < 4 && k + j < last; j++) {
    let depth = depth${name}(k + j);
    ${line}
  }
  return block;`;
}
