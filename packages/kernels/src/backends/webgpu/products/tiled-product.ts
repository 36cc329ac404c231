import { blockPlace, type Operand, operand } from './operand.ts';
import type { TileSide } from './tiles.ts';

/*
 * The matrix product behind the convolutions, their gradients and the FDM: result[m,n] = Σ_k A[m,k]·B[k,n].
 *
 * A workgroup computes a square tile of the result. For a few k at a time the tiles of A and B are fetched
 * into workgroup memory, by blocks of 4×4, one for each thread: half of the threads fetch A, the others B.
 * While the values of one step are multiplied, those of the next are already on their way. With what they are
 * multiplied is left open here.
 */

/** How many k a step takes, so that there is a block for each thread. */
export function depthOf(side: TileSide, threads: number): number {
  return (8 * threads) / side;
}

/** The operands of a product, and where the result goes. */
export interface TiledProduct {
  readonly side: TileSide;
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

/** Along what the values of the operands lie side by side. */
export type Contiguous = Readonly<Record<'A' | 'B', Operand['contiguous']>>;

/** How tiles are kept and multiplied. */
export interface Arithmetic {
  /** Threads of a workgroup. */
  readonly threads: number;
  /** How many pairs of tiles workgroup memory holds; with two a step takes one barrier instead of two. */
  readonly stages: 1 | 2;
  /** WGSL outside of the entry point: workgroup memory, functions. */
  readonly declarations: string;
  /** Further parameters of the entry point. */
  readonly builtins?: string;
  /** WGSL that declares the sums. */
  readonly sums: string;
  /**
   * WGSL that writes `block`, as `fetchNAME` gave it, into the tile of A or B: `along` and `across` count
   * blocks, `stage` the pairs of tiles.
   */
  write(name: 'A' | 'B'): string;
  /** WGSL that adds the products of the tiles of `stage`; beyond the last k they hold zeros. */
  readonly multiply: string;
  /** WGSL that calls `store` for every four columns of the tile's rows. */
  readonly store: string;
}

/** The WGSL of a product. */
export function tiledProduct(
  { side, a, b, result }: TiledProduct,
  { threads, stages, declarations, builtins = '', sums, write, multiply, store }: Arithmetic,
): string {
  const depth = depthOf(side, threads);
  return `
struct Tile { row: i32, column: i32, firstDepth: i32, lastDepth: i32 };
${operand('A', a)}
${operand('B', b)}
${result}
${declarations}

@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
  ${builtins}
) {
  let tile = tile(group);
  let fetchesA = index < ${threads / 2}u;
  let place = i32(index % ${threads / 2}u);
  var across: i32; // of the 4×4 block that this thread fetches, in blocks
  var along: i32;
  if (fetchesA) {
    ${blockPlace(a, side, depth)}
    prepareA(tile.row + 4 * across);
  } else {
    ${blockPlace(b, side, depth)}
    prepareB(tile.column + 4 * across);
  }
  ${sums}
  let steps = (tile.lastDepth - tile.firstDepth + ${depth - 1}) / ${depth};
  var block: mat4x4<f32>;
  for (var step = 0; step <= steps; step++) {
    let more = step < steps;
    if (more) {
      let k = tile.firstDepth + step * ${depth} + 4 * along;
      if (fetchesA) { block = fetchA(k, tile.lastDepth); } else { block = fetchB(k, tile.lastDepth); }
    }
    if (step > 0) {
      let stage = (step - 1) % ${stages};
      ${multiply}
    }
    ${stages === 1 ? 'workgroupBarrier(); // all have read what is overwritten now' : ''}
    if (more) {
      let stage = step % ${stages};
      if (fetchesA) {
        ${write('A')}
      } else {
        ${write('B')}
      }
    }
    workgroupBarrier();
  }
  ${store}
}
`;
}
