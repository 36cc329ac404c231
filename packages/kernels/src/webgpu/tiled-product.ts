import type { Program } from './program.ts';

/*
 * The matrix product behind the convolutions, their gradients and the FDM: result[m,n] = Σ_k A[m,k]·B[k,n].
 *
 * A workgroup of 256 threads computes a square tile of the result, each thread 4×4 or 8×8 values of it,
 * in registers. For a few k at a time the tiles of A and B are fetched into workgroup memory, by blocks
 * of 4×4: half of the threads fetch A, the others B. What a block is made of, the operands say: so an
 * image needs no im2col, and a transposed matrix no transposition. While the values of one step are
 * multiplied, those of the next are already on their way.
 */

const THREADS = 256;
/** Values of A, and of B, in workgroup memory: two of them are the 16 KiB that every adapter has. */
const TILE_VALUES = 2048;

/** Rows and columns of the result that one workgroup computes. */
export type TileSide = 64 | 128;

/** One side of the product: a function of a place across (m or n) and a depth (k). */
export interface Operand {
  /** Name of the array in the shader. */
  readonly array: string;
  /** 4 if the array is one of vec4; then four places along `contiguous` lie in one of them. */
  readonly width: 1 | 4;
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

export interface TiledProduct {
  readonly side: TileSide;
  /** 2 where workgroup memory holds two pairs of tiles: one barrier a step instead of two. */
  readonly stages: 1 | 2;
  readonly a: Operand;
  readonly b: Operand;
  /**
   * WGSL that defines where the result goes:
   *
   *     fn tile(group: vec3<u32>) -> Tile           // which tile a workgroup computes, see below
   *     fn lineOf(row: i32) -> i32                  // index of a row's first value; −1: no such row
   *     fn store(line: i32, column: i32, value: vec4<f32>)  // four columns, as far as they exist
   */
  readonly result: string;
}

/** How many pairs of tiles the workgroup memory of a device holds, at most two. */
export function stagesOf({ limits }: GPUDevice): 1 | 2 {
  return limits.maxComputeWorkgroupStorageSize >= 4 * TILE_VALUES * 4 ? 2 : 1;
}

/**
 * The larger tile fetches half as much for each product; the smaller one makes four times as many
 * workgroups, which is what a GPU with its hundred cores is short of where a result is small.
 */
export function sideFor(rows: number, columns: number, parts = 1): TileSide {
  const tiles = Math.ceil(rows / 128) * Math.ceil(columns / 128) * parts;
  return columns > 64 && rows > 64 && tiles >= 256 ? 128 : 64;
}

/** The WGSL of a product. */
export function tiledProduct({ side, stages, a, b, result }: TiledProduct): string {
  const perThread = side / 16;
  const depth = TILE_VALUES / side;
  const quads = perThread / 4; // vec4s of each operand that a thread multiplies
  const UNROLLED = [0, 1, 2, 3];
  const rows = [...Array(perThread).keys()];
  const halves = [...Array(quads).keys()];
  const accumulators = rows.flatMap((i) => halves.map((j) => `sum${i}_${j}`));
  return `
struct Tile { row: i32, column: i32, firstDepth: i32, lastDepth: i32 };
${operand('A', a)}
${operand('B', b)}
${result}
var<workgroup> tileA: array<vec4<f32>, ${(stages * TILE_VALUES) / 4}>; // [depth][side/4]
var<workgroup> tileB: array<vec4<f32>, ${(stages * TILE_VALUES) / 4}>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let tile = tile(group);
  let fetchesA = index < ${THREADS / 2}u;
  let place = i32(index % ${THREADS / 2}u);
  var across: i32; // of the 4×4 block that this thread fetches, in blocks
  var along: i32;
  if (fetchesA) {
    ${blockPlace(a, side, depth)}
    prepareA(tile.row + 4 * across);
  } else {
    ${blockPlace(b, side, depth)}
    prepareB(tile.column + 4 * across);
  }
  let x = i32(index % 16u);
  let y = i32(index / 16u);
  ${accumulators.map((name) => `var ${name} = vec4<f32>();`).join(' ')}
  let steps = (tile.lastDepth - tile.firstDepth + ${depth - 1}) / ${depth};
  var block: mat4x4<f32>;
  for (var step = 0; step <= steps; step++) {
    let more = step < steps;
    if (more) {
      let k = tile.firstDepth + step * ${depth} + 4 * along;
      if (fetchesA) { block = fetchA(k, tile.lastDepth); } else { block = fetchB(k, tile.lastDepth); }
    }
    if (step > 0) {
      let stage = ((step - 1) % ${stages}) * ${TILE_VALUES / 4};
      // A depth of the last step that is not there is not multiplied either; blocks of 4 are whole.
      let depth = min(${depth}, tile.lastDepth - tile.firstDepth - (step - 1) * ${depth});
      for (var k = 0; k < depth; k += 4) {
        ${UNROLLED.map(
          (k) => `let line${k} = stage + (k + ${k}) * ${side / 4};
        ${halves.map((j) => `let a${k}_${j} = tileA[line${k} + y + ${16 * j}]; let b${k}_${j} = tileB[line${k} + x + ${16 * j}];`).join(' ')}
        ${rows.flatMap((i) => halves.map((j) => `sum${i}_${j} += a${k}_${i >> 2}[${i & 3}] * b${k}_${j};`)).join('\n        ')}`,
        ).join('\n        ')}
      }
    }
    ${stages === 1 ? 'workgroupBarrier(); // all have read what is overwritten now' : ''}
    if (more) {
      let at = (step % ${stages}) * ${TILE_VALUES / 4} + 4 * along * ${side / 4} + across;
      if (fetchesA) {
        ${[0, 1, 2, 3].map((k) => `tileA[at + ${(k * side) / 4}] = block[${k}];`).join(' ')}
      } else {
        ${[0, 1, 2, 3].map((k) => `tileB[at + ${(k * side) / 4}] = block[${k}];`).join(' ')}
      }
    }
    workgroupBarrier();
  }
  let column = tile.column + 4 * x;
  ${rows
    .map(
      (i) => `let line${i} = lineOf(tile.row + 4 * y + ${64 * (i >> 2) + (i & 3)});
  if (line${i} >= 0) { ${halves.map((j) => `store(line${i}, column + ${64 * j}, sum${i}_${j});`).join(' ')} }`,
    )
    .join('\n  ')}
}
`;
}

/** Which block a thread fetches: neighbouring threads fetch what lies side by side. */
function blockPlace({ contiguous }: Operand, side: number, depth: number): string {
  return contiguous === 'depth'
    ? `along = place % ${depth / 4}; across = place / ${depth / 4};`
    : `across = place % ${side / 4}; along = place / ${side / 4};`;
}

/**
 * `prepareNAME(place)` computes what stays the same for all blocks of a thread; `fetchNAME(k, last)` reads
 * one: four columns, one for each depth, of four places across. From `last` on there are zeros.
 */
function operand(name: string, { array, width, contiguous, places }: Operand): string {
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

/** Workgroups along one dimension that every adapter takes. */
const MAX_WORKGROUPS = 65535;

/** The workgroups of a result; where its rows need more than one dimension holds, they go on in z. */
export function workgroupsFor(
  rows: number,
  columns: number,
  side: TileSide,
): Program['workgroups'] {
  const down = Math.ceil(rows / side);
  const lines = Math.min(down, MAX_WORKGROUPS);
  return [Math.ceil(columns / side), lines, Math.ceil(down / lines)];
}

/** `fn tile` for {@link workgroupsFor}, over all of the depth. */
export const wholeTile = (side: TileSide) => `
fn tile(group: vec3<u32>) -> Tile {
  let row = (i32(group.z) * ${MAX_WORKGROUPS} + i32(group.y)) * ${side};
  return Tile(row, i32(group.x) * ${side}, 0, u.depth);
}`;
