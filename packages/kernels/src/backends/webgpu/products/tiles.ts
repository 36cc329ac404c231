import type { Program } from '../runtime/program.ts';

/** Rows and columns of a result that one workgroup computes. */
export type TileSide = 64 | 128;

/**
 * The larger tile fetches half as much for each product; the smaller one makes four times as many
 * workgroups, which is what a GPU with its hundred cores is short of where a result is small.
 */
export function sideFor(rows: number, columns: number, parts = 1): TileSide {
  const tiles = Math.ceil(rows / 128) * Math.ceil(columns / 128) * parts;
  return columns > 64 && rows > 64 && tiles >= 256 ? 128 : 64;
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
