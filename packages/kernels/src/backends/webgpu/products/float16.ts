import { PARTS } from './largest.ts';
import { lineOf, type MatrixUnits, workgroupBytes } from './matrix-units.ts';
import { type Arithmetic, depthOf, THREADS } from './tiled-product.ts';
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
export function float16(device: GPUDevice, side: TileSide, units: MatrixUnits): Arithmetic {
  const { M, N, K, threads, parts } = units;
  const stages =
    workgroupBytes(units, side, 2) <= device.limits.maxComputeWorkgroupStorageSize ? 2 : 1;
  const [line, depth] = [lineOf(side), depthOf(side)];
  const names = parts === 2 ? ['High', 'Low'] : ['High'];
  const [height, width] = [side / units.rows, side / units.columns]; // of what a subgroup computes
  const rows = [...Array(height / M).keys()];
  const columns = [...Array(width / N).keys()];
  const matrix = (M * N) / 4;
  const load = (kind: 'Left' | 'Right', tile: string, i: number) => {
    const [order, size, first] =
      kind === 'Left' ? ['col_major', M, 'firstRow'] : ['row_major', N, 'firstColumn'];
    return `subgroupMatrixLoad<${kind}, ${order}>(&${tile}, (stage * ${depth} + k) * ${line} + (${first} + ${i * size}) / 4, ${line})`;
  };
  const multiplyAdd = (a: string, b: string, sum: string) =>
    `${sum} = subgroupMatrixMultiplyAccumulate(${a}, ${b}, ${sum});`;
  return {
    stages,
    declarations: `
alias Left = subgroup_matrix_left<f16, ${K}, ${M}>;
alias Right = subgroup_matrix_right<f16, ${N}, ${K}>;
alias Sum = subgroup_matrix_result<f32, ${N}, ${M}>;
${['A', 'B']
  .flatMap((name) => names.map((part) => `tile${name}${part}`))
  .map(
    (name) =>
      `var<workgroup> ${name}: array<vec4<f16>, ${stages * depth * line}>; // [stage][depth][line]\n`,
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
    write: (name) =>
      [0, 1, 2, 3]
        .map(
          (k) => `let at${k} = stage * ${depth * line} + (4 * along + ${k}) * ${line} + across;
        let value${k} = block[${k}] * factor;
        let high${k} = rounded(value${k});
        tile${name}High[at${k}] = vec4<f16>(high${k});
        ${parts === 2 ? `tile${name}Low[at${k}] = vec4<f16>(value${k} - high${k});` : ''}`,
        )
        .join('\n        '),
    multiply: `for (var k = 0; k < ${depth}; k += ${K}) {
        ${names.flatMap((part) => rows.map((i) => `let a${part}${i} = ${load('Left', `tileA${part}`, i)};`)).join('\n        ')}
        ${names.flatMap((part) => columns.map((j) => `let b${part}${j} = ${load('Right', `tileB${part}`, j)};`)).join('\n        ')}
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
