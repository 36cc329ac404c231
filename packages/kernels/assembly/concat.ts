import { at } from './micro-kernel';

/**
 * whole[r] = [piece₀[r], piece₁[r], …] for the rows r in [first,last) of `length` values, or the reverse
 * if `apart`. The table says where the pieces are: for each its address and the length of its rows, two
 * 32-bit integers.
 */
export function copyPieces(
  table: usize,
  pieces: i32,
  whole: usize,
  length: i32,
  apart: i32,
  first: i32,
  last: i32,
): void {
  for (let r = first; r < last; r++) {
    let place = at(whole, r * length);
    for (let p = 0; p < pieces; p++) {
      const entry = at(table, 2 * p);
      const values = load<i32>(entry, 4);
      const piece = at(load<usize>(entry), r * values);
      memory.copy(apart ? piece : place, apart ? place : piece, (<usize>values) << 2);
      place = at(place, values);
    }
  }
}
