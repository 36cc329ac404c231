import { PARTS } from './largest.ts';
import {
  type MatrixUnits,
  stepDepth,
  THREADS,
  tileShape,
  type ValueParts,
  workgroupBytes,
} from './matrix-units.ts';
import type { Arithmetic, Contiguous } from './tiled-product.ts';
import type { TileSide } from './tiles.ts';

/** WGSL directives of the shaders. */
export const DIRECTIVES = `requires subgroup_id;
enable f16; enable subgroups; enable chromium_experimental_subgroup_matrix;`;

/** Which parts of A and B are multiplied, the smaller products first. */
const PAIRS = {
  1: [['High', 'High']],
  2: [
    ['Low', 'High'],
    ['High', 'Low'],
    ['High', 'High'],
  ],
} as const;

/**
 * Products by matrix units, of values made of 16-bit floats: x·2^s ≈ high + low, where s brings the largest
 * value of the operand to the upper end of what 16 bits hold. high·high alone is exact to 11 bits; with
 * high·low + low·high the products are exact to about 21 (S. Markidis et al., NVIDIA Tensor Core
 * Programmability, Performance & Precision, IPDPSW 2018). Sums are float32.
 */
export function float16(
  device: GPUDevice,
  side: TileSide,
  contiguous: Contiguous,
  units: MatrixUnits,
): Arithmetic {
  const { M, N, K, threads, parts } = units;
  const stages =
    workgroupBytes(units, side, contiguous, 2) <= device.limits.maxComputeWorkgroupStorageSize
      ? 2
      : 1;
  const depth = stepDepth(side);
  const names = parts === 2 ? ['High', 'Low'] : ['High'];
  const [height, width] = [side / units.rows, side / units.columns]; // of what a subgroup computes
  const rows = [...Array(height / M).keys()];
  const columns = [...Array(width / N).keys()];
  const matrix = (M * N) / 4;
  const shape = {
    A: tileShape(side, contiguous.A),
    B: tileShape(side, contiguous.B),
  };
  /** The i-th matrix of those of a subgroup, at depth k. */
  const load = (name: 'A' | 'B', part: string, i: number) => {
    const { line, size } = shape[name];
    const [kind, across] =
      name === 'A' ? ['Left', `firstRow + ${i * M}`] : ['Right', `firstColumn + ${i * N}`];
    const alongDepth = contiguous[name] === 'depth';
    // Each of the two has its matrices by rows of what it multiplies: A's lie along the depth, B's across it.
    const order = alongDepth === (name === 'A') ? 'row_major' : 'col_major';
    const at = alongDepth
      ? `u32(${across}) * ${line} + u32(k) / 4`
      : `u32(k) * ${line} + u32(${across}) / 4`;
    return `subgroupMatrixLoad<${kind}, ${order}>(&tile${name}${part}, u32(stage) * ${size} + ${at}, ${line})`;
  };
  const multiplyAdd = (a: string, b: string, sum: string) =>
    `${sum} = subgroupMatrixMultiplyAccumulate(${a}, ${b}, ${sum});`;
  return {
    threads: THREADS,
    stages,
    declarations: `
alias Left = subgroup_matrix_left<f16, ${K}, ${M}>;
alias Right = subgroup_matrix_right<f16, ${N}, ${K}>;
alias Sum = subgroup_matrix_result<f32, ${N}, ${M}>;
${(['A', 'B'] as const)
  .flatMap((name) =>
    names.map(
      (part) =>
        `var<workgroup> tile${name}${part}: array<vec4<f16>, ${stages * shape[name].size}>; // [stage][…][line]\n`,
    ),
  )
  .join('')}
var<workgroup> results: array<vec4<f32>, ${(THREADS / threads) * matrix}>; // a matrix for each subgroup

// s for operands that are at most so large.
fn shiftFor(largest: f32) -> i32 {
  let exponent = i32((bitcast<u32>(largest) >> 23) & 255);
  // Nothing can be done for zeros, infinities and what is no number.
  return select(min(141 - exponent, 120), 0, exponent == 0 || exponent == 255);
}
// To 11 bits, the rest a difference that is exact. By integers: compilers take a conversion and back for nothing.
fn rounded(x: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>((bitcast<vec4<u32>>(x) + 0x1000) & vec4<u32>(0xffffe000));
}
fn powerOfTwo(s: i32) -> f32 { return bitcast<f32>(u32(s + 127) << 23); }
fn largestOf(operand: u32, thread: u32) -> f32 {
  var largest = 0.0;
  for (var i = thread; i < ${PARTS}; i += ${threads}) { largest = max(largest, maxima[operand * ${PARTS} + i]); }
  return subgroupMax(largest);
}`,
    builtins: '@builtin(subgroup_id) subgroup: u32, @builtin(subgroup_invocation_id) thread: u32,',
    sums: `let firstRow = i32(subgroup) / ${units.columns} * ${height};
  let firstColumn = i32(subgroup) % ${units.columns} * ${width};
  let shiftA = shiftFor(largestOf(0, thread));
  let shiftB = shiftFor(largestOf(1, thread));
  let factor = powerOfTwo(select(shiftB, shiftA, fetchesA));
  ${rows.flatMap((i) => columns.map((j) => `var sum${i}_${j}: Sum;`)).join(' ')}`,
    write: (name) => {
      const { line, size } = shape[name];
      const [outer, inner] =
        contiguous[name] === 'depth' ? ['across', 'along'] : ['along', 'across'];
      return `let at = stage * ${size} + 4 * ${outer} * ${line} + ${inner};
        ${[0, 1, 2, 3].map((i) => writeParts(`tile${name}`, `at + ${i * line}`, i, parts)).join('\n        ')}`;
    },
    multiply: `for (var k = 0; k < ${depth}; k += ${K}) {
        ${names.flatMap((part) => rows.map((i) => `let a${part}${i} = ${load('A', part, i)};`)).join('\n        ')}
        ${names.flatMap((part) => columns.map((j) => `let b${part}${j} = ${load('B', part, j)};`)).join('\n        ')}
        ${rows
          .flatMap((i) =>
            columns.flatMap((j) =>
              PAIRS[parts].map(([a, b]) => multiplyAdd(`a${a}${i}`, `b${b}${j}`, `sum${i}_${j}`)),
            ),
          )
          .join('\n        ')}
      }`,
    store: rows
      .flatMap((i) =>
        columns.map(
          (j) => `
  subgroupMatrixStore<row_major>(&results, i32(subgroup) * ${matrix}, sum${i}_${j}, ${N / 4});
  workgroupBarrier();
  for (var q = i32(thread); q < ${matrix}; q += ${threads}) {
    let line = lineOf(tile.row + firstRow + ${i * M} + q / ${N / 4});
    if (line >= 0) {
      let value = results[i32(subgroup) * ${matrix} + q] * powerOfTwo(-shiftA) * powerOfTwo(-shiftB);
      store(line, tile.column + firstColumn + ${j * N} + q % ${N / 4} * 4, value);
    }
  }
  workgroupBarrier();`,
        ),
      )
      .join(''),
  };
}

/** WGSL that writes a vec4 of the block to a tile, or to those of both parts. */
function writeParts(tile: string, at: string, i: number, parts: ValueParts): string {
  const value = `block[${i}] * factor`;
  if (parts === 1) return `${tile}High[${at}] = vec4<f16>(${value});`;
  return `let value${i} = ${value};
        let high${i} = rounded(value${i});
        ${tile}High[${at}] = vec4<f16>(high${i});
        ${tile}Low[${at}] = vec4<f16>(value${i} - high${i});`;
}
