#pragma once
#include <utility>

#include "micro-kernel.h"

namespace {

/*
 * A matrix [depth,n] is cut into panels of COLUMNS columns, and each panel stored without gaps,
 * [n/COLUMNS][lanes of depth][COLUMNS], so that the micro-kernel reads it in order. The last one is filled up with zeros.
 */

/** Lanes, each as large as a float. */
FBSD_INLINE Index panelFloats(int depth, int columns) {
  return static_cast<Index>(lanesOf(depth)) * parts(columns, COLUMNS) * COLUMNS;
}

/** Packs one panel of the matrix whose element (k,j) is at source[k·stride + j]. */
FBSD_INLINE void packRowPanel(const float* source, Index stride, int depth, int columns, float* panel) {
  const int all = wholeSteps(depth);
  for (int k = 0; k < all; k += PER_LANE) {
    const float* row = source + k * stride;
    const Vector lanes = lanesFrom([&](int i) {
      if (k + i >= depth) return Vector{};
      return loadSome(row + i * stride, columns);
    });
    storeVector(panel, lanes);
    panel += COLUMNS;
  }
}

/** Rows that are packed at a time, since the columns of all panels lie side by side: whole steps. */
constexpr int PACKED_TOGETHER = STEP > 16 ? STEP : 16;

/** Packs the panels of a matrix [depth,columns] whose rows are `stride` floats apart, each `next` floats behind the one before. */
FBSD_INLINE void packRowPanels(const float* source, Index stride, int depth, int columns, float* panels, Index next) {
  for (int k = 0; k < depth; k += PACKED_TOGETHER) {
    const int rows = smaller(PACKED_TOGETHER, depth - k);
    for (int j = 0; j < columns; j += COLUMNS) {
      float* panel = panels + j / COLUMNS * next + panelFloats(k, COLUMNS);
      packRowPanel(source + k * stride + j, stride, rows, columns - j, panel);
    }
  }
}

/** The values at these places of two vectors, one behind the other. */
template <int... Places>
FBSD_INLINE Vector pick(Vector first, Vector second) {
#ifdef __clang__
  return __builtin_shufflevector(first, second, Places...);
#else
  return __builtin_shuffle(first, second, Integers{Places...});
#endif
}

/** In each block of 2·Half × 2·Half values, exchanges the upper right with the lower left quarter. */
template <int Half, int... J>
FBSD_INLINE void exchangeQuarters(Vector (&rows)[WIDTH], std::integer_sequence<int, J...>) {
#pragma GCC unroll 16
  for (int i = 0; i < WIDTH; i++) {
    if (i & Half) continue;
    const Vector above = rows[i];
    const Vector below = rows[i | Half];
    rows[i] = pick<(J & Half ? WIDTH + (J ^ Half) : J)...>(above, below);
    rows[i | Half] = pick<(J & Half ? WIDTH + J : J | Half)...>(above, below);
  }
}

/** Transposes a square of lanes: by quarters of the whole, then of each quarter, and so on. */
FBSD_INLINE void transpose(Vector (&rows)[WIDTH]) {
  constexpr std::make_integer_sequence<int, WIDTH> all;
  if constexpr (WIDTH > 8) exchangeQuarters<8>(rows, all);
  if constexpr (WIDTH > 4) exchangeQuarters<4>(rows, all);
  exchangeQuarters<2>(rows, all);
  exchangeQuarters<1>(rows, all);
}

/** The square of the rows row(i), transposed. */
template <class Row>
FBSD_INLINE void transposeSquare(Row row, float* to, Index toStride) {
  Vector rows[WIDTH];
#pragma GCC unroll 16
  for (int i = 0; i < WIDTH; i++) rows[i] = row(i);
  transpose(rows);
#pragma GCC unroll 16
  for (int i = 0; i < WIDTH; i++) storeVector(to + i * toStride, rows[i]);
}

/** Row k of a panel of the matrix whose element (k,j) is at source[j·stride + k]. */
FBSD_INLINE Vector gatherRow(const float* source, Index stride, int columns, int k) {
  float values[WIDTH] = {};
  for (int c = 0; c < smaller(columns, COLUMNS); c++) values[c] = source[c * stride + k];
  return loadVector(values);
}

/** Packs one panel of the matrix whose element (k,j) is at source[j·stride + k]. */
FBSD_INLINE void packColumnPanel(const float* source, Index stride, int depth, int columns, float* panel) {
  constexpr int SQUARE = WIDTH * PER_LANE;
  const int all = wholeSteps(depth);
  int k = 0;
  for (; columns >= COLUMNS && k + SQUARE <= depth; k += SQUARE) {
    transposeSquare([&](int c) { return loadLanes(source + c * stride + k); }, panel, COLUMNS);
    panel += WIDTH * COLUMNS;
  }
  for (; k < all; k += PER_LANE) {
    const Vector lanes = lanesFrom(
        [&](int i) { return k + i < depth ? gatherRow(source, stride, columns, k + i) : Vector{}; });
    storeVector(panel, lanes);
    panel += COLUMNS;
  }
}

}  // namespace
