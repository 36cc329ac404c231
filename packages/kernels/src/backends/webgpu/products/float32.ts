import { type Arithmetic, depthOf } from './tiled-product.ts';
import type { TileSide } from './tiles.ts';

/** Products of float32 by the threads themselves, each 4×4 or 8×8 values of the result, in registers. */
export function float32(device: GPUDevice, side: TileSide): Arithmetic {
  const perThread = side / 16;
  const tileSize = (depthOf(side) * side) / 4; // vec4s
  const stages = device.limits.maxComputeWorkgroupStorageSize >= 2 * 2 * tileSize * 16 ? 2 : 1;
  const UNROLLED = [0, 1, 2, 3];
  const rows = [...Array(perThread).keys()];
  const halves = [...Array(perThread / 4).keys()]; // vec4s of each operand that a thread multiplies
  const sums = rows.flatMap((i) => halves.map((j) => `sum${i}_${j}`));
  return {
    stages,
    declarations: `
var<workgroup> tileA: array<vec4<f32>, ${stages * tileSize}>; // [stage][depth][side/4]
var<workgroup> tileB: array<vec4<f32>, ${stages * tileSize}>;`,
    sums: `let x = i32(index % 16u);
  let y = i32(index / 16u);
  ${sums.map((name) => `var ${name} = vec4<f32>();`).join(' ')}`,
    write: (name) =>
      `let at = stage * ${tileSize} + 4 * along * ${side / 4} + across;
        ${UNROLLED.map((k) => `tile${name}[at + ${(k * side) / 4}] = block[${k}];`).join(' ')}`,
    multiply: `for (var k = 0; k < depth; k += 4) { // what the operands give is whole in fours
        ${UNROLLED.map(
          (k) => `let line${k} = stage * ${tileSize} + (k + ${k}) * ${side / 4};
        ${halves.map((j) => `let a${k}_${j} = tileA[line${k} + y + ${16 * j}]; let b${k}_${j} = tileB[line${k} + x + ${16 * j}];`).join(' ')}
        ${rows.flatMap((i) => halves.map((j) => `sum${i}_${j} += a${k}_${i >> 2}[${i & 3}] * b${k}_${j};`)).join('\n        ')}`,
        ).join('\n        ')}
      }`,
    store: `let column = tile.column + 4 * x;
  ${rows
    .map(
      (i) => `let line${i} = lineOf(tile.row + 4 * y + ${64 * (i >> 2) + (i & 3)});
  if (line${i} >= 0) { ${halves.map((j) => `store(line${i}, column + ${64 * j}, sum${i}_${j});`).join(' ')} }`,
    )
    .join('\n  ')}`,
  };
}
