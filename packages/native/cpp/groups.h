#pragma once
#include "pack.h"

namespace {

/*
 * Groups of ROWS rows of a left matrix, packed for the micro-kernel. It reads all rows of one lane after the other:
 * [lanes][ROWS]; AMX fills its tiles from rows with their lanes side by side: [ROWS][lanes].
 */

/** Floats of a group of so many values of the inner dimension. */
FBSD_INLINE Index groupFloats(int depth) {
  return static_cast<Index>(ROWS) * lanesOf(depth);
}

#ifdef FBSD_AMX

/** The rows of a group, for the micro-kernel. */
FBSD_INLINE Rows groupRows(const float* group, int lanes) {
  return {group, lanes};
}

/** Packs `depth` values of up to ROWS rows that are `stride` floats apart. */
FBSD_INLINE void packGroupOfRows(const float* source, Index stride, int rows, int depth, float* group) {
  const int lanes = lanesOf(depth);
  for (int r = 0; r < rows; r++) packRow(group + static_cast<Index>(r) * lanes, source + r * stride, depth);
}

/**
 * Packs values [from,to) of a transposed group, from whole steps on: values k of up to ROWS rows lie side by side at
 * at(k), or are zeros if that is null.
 *
 * @param lanes of the whole group
 */
template <class At>
FBSD_INLINE void packGroupOfColumns(At at, int rows, int from, int to, int lanes, float* group) {
  for (int k = from / PER_LANE; k < lanesOf(to); k += LANES) {
    for (int i = 0; i < rows; i += WIDTH) {
      Vector square[WIDTH];
#pragma GCC unroll 16
      for (int l = 0; l < WIDTH; l++) {
        square[l] = lanesFrom([&](int value) {
          const int d = (k + l) * PER_LANE + value;
          const float* values = d < to ? at(d) : nullptr;
          return values ? loadSome(values + i, rows - i) : Vector{};
        });
      }
      transpose(square);
#pragma GCC unroll 16
      for (int r = 0; r < WIDTH; r++) storeVector(group + static_cast<Index>(i + r) * lanes + k, square[r]);
    }
  }
}

#else

/** The rows of a group, for the micro-kernel. */
FBSD_INLINE InterleavedRows groupRows(const float* group, int) {
  return {group, ROWS};
}

/** Packs one lane of `count` rows, whose values lie side by side at from[0], from[1], …; null is zero. */
FBSD_INLINE void packLane(float* to, const float* const (&from)[PER_LANE], int count) {
  if constexpr (PER_LANE == 1) {
    if (!from[0]) fillZero(to, ROWS);
    else if (count == ROWS) copyFloats(to, from[0], ROWS);  // as is usual: in a few instructions
    else copyFloats(to, from[0], count);
  } else {
    const Vector lanes = lanesFrom([&](int k) {
      if (!from[k]) return Vector{};
      return count == ROWS ? loadSome(from[k], ROWS) : loadSome(from[k], count);
    });
    storeSome(to, lanes, ROWS);
  }
}

/** WIDTH lanes of each of ROWS rows: those of the same column side by side. */
FBSD_INLINE void interleave(const float* from, Index stride, float* to) {
#pragma GCC unroll 4
  for (int i = 0; i < ROWS; i += WIDTH) {
    const int count = smaller(WIDTH, ROWS - i);
    Vector rows[WIDTH];
#pragma GCC unroll 16
    for (int r = 0; r < WIDTH; r++) rows[r] = r < count ? loadLanes(from + (i + r) * stride) : Vector{};
    transpose(rows);
#pragma GCC unroll 16
    for (int k = 0; k < WIDTH; k++) storeSome(to + k * ROWS + i, rows[k], count);
  }
}

/** Packs `depth` values of up to ROWS rows that are `stride` floats apart. */
FBSD_INLINE void packGroupOfRows(const float* source, Index stride, int rows, int depth, float* group) {
  constexpr int SQUARE = WIDTH * PER_LANE;
  int d = 0;
  for (; rows == ROWS && d + SQUARE <= depth; d += SQUARE) interleave(source + d, stride, group + lanesOf(d) * ROWS);
  for (; d < depth; d += PER_LANE) {
    float gathered[PER_LANE][ROWS];
    const float* values[PER_LANE];
    for (int l = 0; l < PER_LANE; l++) {
      for (int r = 0; d + l < depth && r < rows; r++) gathered[l][r] = source[r * stride + d + l];
      values[l] = d + l < depth ? gathered[l] : nullptr;
    }
    packLane(group + lanesOf(d) * ROWS, values, rows);
  }
}

/**
 * Packs values [from,to) of a transposed group, from whole steps on: values k of up to ROWS rows lie side by side at
 * at(k), or are zeros if that is null.
 */
template <class At>
FBSD_INLINE void packGroupOfColumns(At at, int rows, int from, int to, int, float* group) {
  for (int d = from; d < to; d += PER_LANE) {
    const float* values[PER_LANE];
    for (int l = 0; l < PER_LANE; l++) values[l] = d + l < to ? at(d + l) : nullptr;
    packLane(group + d / PER_LANE * ROWS, values, rows);
  }
}

#endif

}  // namespace
