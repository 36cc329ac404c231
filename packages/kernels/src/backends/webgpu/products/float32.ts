import { type Arithmetic, type Contiguous, depthOf } from './tiled-product.ts';
import type { TileSide } from './tiles.ts';

/** Each thread computes 8×8 values of the result, in registers: two vec4s of each operand's line. */
const PER_THREAD = 8;

/** Products of float32 by the threads themselves. */
export function float32(device: GPUDevice, side: TileSide, contiguous: Contiguous): Arithmetic {
  const across = side / PER_THREAD; // threads along a side of the tile
  const threads = across * across;
  const depth = depthOf(side, threads);
  const tileSize = (depth * side) / 4; // vec4s
  const stages = device.limits.maxComputeWorkgroupStorageSize >= 2 * 2 * tileSize * 16 ? 2 : 1;
  const UNROLLED = [0, 1, 2, 3];
  const rows = [...Array(PER_THREAD).keys()];
  const halves = [0, 1];
  const sums = rows.flatMap((i) => halves.map((j) => `sum${i}_${j}`));
  return {
    threads,
    stages,
    declarations: `
var<workgroup> tileA: array<vec4<f32>, ${stages * tileSize}>; // [stage][depth][side/4]
var<workgroup> tileB: array<vec4<f32>, ${stages * tileSize}>;`,
    sums: `let x = i32(index % ${across}u);
  let y = i32(index / ${across}u);
  ${sums.map((name) => `var ${name} = vec4<f32>();`).join(' ')}`,
    write: (name) =>
      `let at = stage * ${tileSize} + 4 * along * ${side / 4} + across;
        let byDepths = ${contiguous[name] === 'depth' ? 'transpose(block)' : 'block'};
        ${UNROLLED.map((k) => `tile${name}[at + ${(k * side) / 4}] = byDepths[${k}];`).join(' ')}`,
    // What the operands give beyond their depth are zeros.
    multiply: `for (var k = 0; k < ${depth}; k += 4) {
        ${UNROLLED.map(
          (k) => `let line${k} = stage * ${tileSize} + (k + ${k}) * ${side / 4};
        ${halves.map((j) => `let a${k}_${j} = tileA[line${k} + y + ${across * j}]; let b${k}_${j} = tileB[line${k} + x + ${across * j}];`).join(' ')}
        ${rows.flatMap((i) => halves.map((j) => `sum${i}_${j} += a${k}_${i >> 2}[${i & 3}] * b${k}_${j};`)).join('\n        ')}`,
        ).join('\n        ')}
      }`,
    store: `let column = tile.column + 4 * x;
  ${rows
    .map(
      (i) => `let line${i} = lineOf(tile.row + 4 * y + ${4 * across * (i >> 2) + (i & 3)});
  if (line${i} >= 0) { ${halves.map((j) => `store(line${i}, column + ${4 * across * j}, sum${i}_${j});`).join(' ')} }`,
    )
    .join('\n  ')}`,
  };
}
