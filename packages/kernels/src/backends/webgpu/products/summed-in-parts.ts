import type { WebGPUBackend } from '../runtime/backend.ts';
import { output, run } from '../runtime/program.ts';
import { type Product, product } from './product.ts';
import { sideFor, type TileSide, wholeTile, workgroupsFor } from './tiles.ts';

/** A product whose sums may be cut into parts. */
export interface SummedProduct extends Omit<Product, 'side' | 'workgroups'> {
  readonly rows: number;
  readonly columns: number;
  /** `u.depth` in the shader. */
  readonly depth: number;
  /** WGSL of what the operands' places and the result are made with. */
  readonly functions: string;
  /** WGSL that defines `lineOf` and `store`, see `TiledProduct`; without `tile`. */
  readonly result: string;
}

/** Workgroups that keep a large GPU busy: some for each of its cores. */
const WORKGROUPS: Readonly<Record<TileSide, number>> = { 64: 1024, 128: 512 };
/** A depth that is worth a workgroup of its own. */
const MIN_DEPTH = 512;
const THREADS = 64;

interface Plan {
  readonly side: TileSide;
  readonly parts: number;
  /** Depth of each part. */
  readonly share: number;
}

/**
 * Computes a product. Where the result is small and the sums are long, as in filter gradients and in
 * convolutions of small maps, there are too few tiles to keep a GPU busy: the sums are cut into parts, each
 * made by workgroups of its own, and the parts are added in the end, always in the same order.
 */
export function summedInParts(
  backend: WebGPUBackend,
  { rows, columns, depth, functions, ...program }: SummedProduct,
): void {
  const { side, parts, share } = planOf(rows, columns, depth);
  const integers = { ...program.integers, depth };
  if (parts === 1) {
    const workgroups = workgroupsFor(rows, columns, side);
    const result = functions + wholeTile(side) + program.result;
    product(backend, { ...program, side, integers, workgroups, result });
    return;
  }
  const line = 4 * Math.ceil(columns / 4); // so that vec4s stay whole
  const sums = output(backend, [parts, rows, line]);
  product(backend, {
    ...program,
    variant: `${program.variant ?? ''} in parts`,
    side,
    reads: {},
    writes: { sums: { tensor: sums, width: 4 } },
    integers: { ...integers, lines: rows, line, share },
    workgroups: [Math.ceil(columns / side), Math.ceil(rows / side), parts],
    result: `${functions}
var<private> firstLine: i32; // of this part
fn tile(group: vec3<u32>) -> Tile {
  firstLine = i32(group.z) * u.lines;
  let first = i32(group.z) * u.share;
  return Tile(i32(group.y) * ${side}, i32(group.x) * ${side}, first, min(first + u.share, u.depth));
}
fn lineOf(row: i32) -> i32 { return select(-1, (firstLine + row) * u.line, row < u.lines); }
fn store(at: i32, column: i32, value: vec4<f32>) { if (column < u.line) { sums[(at + column) / 4] = value; } }`,
  });
  const addition = 4 * THREADS; // values of a workgroup
  run(backend, {
    name: 'SumOfParts',
    variant: program.name + (program.variant ?? ''),
    reads: { sums: { tensor: sums, width: 4 }, ...program.reads },
    writes: program.writes,
    integers: { ...integers, quarters: line / 4, size: (rows * line) / 4, parts },
    workgroups: [Math.ceil((rows * line) / addition), 1, 1],
    code: () => `${functions}${program.result}
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = i32(id.x);
  if (i >= u.size) { return; }
  var sum = sums[i];
  for (var part = 1; part < u.parts; part++) { sum += sums[part * u.size + i]; }
  let row = i / u.quarters;
  store(lineOf(row), 4 * (i - row * u.quarters), sum);
}`,
  });
  backend.disposeData(sums.dataId);
}

function planOf(rows: number, columns: number, depth: number): Plan {
  const most = Math.max(1, Math.floor(depth / MIN_DEPTH));
  const side = sideFor(rows, columns, most);
  const tiles = Math.ceil(rows / side) * Math.ceil(columns / side);
  const wanted = Math.min(most, Math.ceil(WORKGROUPS[side] / tiles));
  const share = 4 * Math.max(1, Math.ceil(depth / wanted / 4)); // so that vec4s along the depth stay whole
  return { side, parts: Math.max(1, Math.ceil(depth / share)), share };
}
