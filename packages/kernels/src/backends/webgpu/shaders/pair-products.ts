import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Operand, placesAt } from '../products/operand.ts';
import { product } from '../products/product.ts';
import { sideFor } from '../products/tiles.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { widthFor } from '../runtime/program.ts';
import { storeFour } from './convolution.ts';

/*
 * The three kinds of matrix products between two maps x [B,S,C] and y [B,M,C] and a matrix w [n,S,M] for
 * n of their images, as the FDM makes them: each reads its operands where they lie.
 */

/** Maps of a pair, and the images of them that are worked on. */
export interface PairSizes {
  /** S and M. */
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** The first image, and how many there are. */
  readonly begin: number;
  readonly images: number;
}

/** A map by its positions, channels as the depth. */
const positions = (array: string, count: string): Operand => ({
  array,
  contiguous: 'depth',
  places: placesAt(
    `select(-1, ((u.begin + image) * ${count} + place) * u.channels + k, place < ${count})`,
  ),
});

/** A map by its channels, positions as the depth. */
const channels = (array: string, count: string): Operand => ({
  array,
  contiguous: 'across',
  places: placesAt(
    `select(-1, ((u.begin + image) * ${count} + k) * u.channels + place, place < u.channels)`,
  ),
});

/** The matrix by its rows or, transposed, by its columns. */
const matrix = (transposed: boolean): Operand => ({
  array: 'w',
  contiguous: transposed ? 'across' : 'depth',
  places: placesAt(
    transposed
      ? 'select(-1, (image * u.rows + k) * u.columns + place, place < u.columns)'
      : 'select(-1, (image * u.rows + place) * u.columns + k, place < u.rows)',
  ),
});

const tile = (side: number, depth: string) => `
var<private> image: i32; // of those that are worked on
fn tile(group: vec3<u32>) -> Tile {
  image = i32(group.z);
  return Tile(i32(group.y) * ${side}, i32(group.x) * ${side}, 0, ${depth});
}`;

/**
 * to[s,m] = value of x_s·y_m.
 *
 * @param value WGSL of `product`, an f32, with `s` and `m`, indices of vectors [n,S] and [n,M], and `at`
 */
export function scalarProducts(
  backend: WebGPUBackend,
  sizes: PairSizes,
  { x, y, to }: Record<'x' | 'y' | 'to', TensorInfo>,
  value: string,
  reads: Record<string, TensorInfo>,
  factor = 1,
): void {
  const side = sideFor(sizes.rows, sizes.columns, sizes.images);
  const width = widthFor(sizes.channels);
  product(backend, {
    name: 'FbsdDiversifyProducts',
    variant: value,
    side,
    a: { ...positions('x', 'u.rows'), tensor: x, width },
    b: { ...positions('y', 'u.columns'), tensor: y, width },
    reads,
    writes: { to },
    integers: { ...sizes },
    floats: { factor },
    workgroups: [Math.ceil(sizes.columns / side), Math.ceil(sizes.rows / side), sizes.images],
    result: `${tile(side, 'u.channels')}
fn lineOf(row: i32) -> i32 { return select(-1, image * u.rows + row, row < u.rows); }
fn store(s: i32, column: i32, values: vec4<f32>) {
  for (var i = 0; i < min(4, u.columns - column); i++) {
    let m = image * u.columns + column + i;
    let at = s * u.columns + column + i;
    let product = values[i];
    to[at] = ${value};
  }
}`,
  });
}

/**
 * to_s += scale·Σ_m w[s,m]·y_m, or transposed to_m += scale·Σ_s w[s,m]·y_s.
 *
 * @param divisor [n,S], transposed [n,M]: each row is multiplied by factor/divisor; 1 without it
 */
export function averages(
  backend: WebGPUBackend,
  sizes: PairSizes,
  { w, y, to, divisor }: Record<'w' | 'y' | 'to', TensorInfo> & { divisor?: TensorInfo },
  transposed: boolean,
  factor = 1,
): void {
  const [count, depth] = transposed
    ? (['u.columns', 'u.rows'] as const)
    : (['u.rows', 'u.columns'] as const);
  const rows = transposed ? sizes.columns : sizes.rows;
  const side = sideFor(rows, sizes.channels, sizes.images);
  const width = widthFor(sizes.channels);
  const scale = divisor ? `(u.factor / divisor[line / u.channels - u.begin * ${count}])` : '1.0';
  product(backend, {
    name: 'FbsdDiversifyAverages',
    variant: `${transposed}`,
    side,
    a: { ...matrix(transposed), tensor: w, width: widthFor(sizes.columns) },
    b: { ...channels('y', depth), tensor: y, width },
    reads: divisor ? { divisor } : {},
    writes: { to: { tensor: to, width } },
    integers: { ...sizes },
    floats: { factor },
    workgroups: [Math.ceil(sizes.channels / side), Math.ceil(rows / side), sizes.images],
    result: `${tile(side, depth)}
fn lineOf(row: i32) -> i32 {
  return select(-1, ((u.begin + image) * ${count} + row) * u.channels, row < ${count});
}
${storeFour('to', width, 'u.channels', `* ${scale} + to[AT]`)}`,
  });
}
