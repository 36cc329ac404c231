#pragma once
#include <utility>

#include "micro-kernel.h"

namespace {

/*
 * A matrix [depth,n] is cut into panels of COLUMNS columns, and each panel stored without gaps,
 * [n/COLUMNS][depth][COLUMNS], so that the micro-kernel reads it in order. The last one is filled up with zeros.
 */

FBSD_INLINE Index panelFloats(int depth, int columns) {
  return static_cast<Index>(depth) * parts(columns, COLUMNS) * COLUMNS;
}

/** Packs one panel of the matrix whose element (k,j) is at source[k·stride + j]. */
FBSD_INLINE void packRowPanel(const float* source, Index stride, int depth, int columns, float* panel) {
  if (columns >= COLUMNS) {
    for (int k = 0; k < depth; k++) {
      storeVector(panel + static_cast<Index>(k) * COLUMNS, loadVector(source + k * stride));
    }
    return;
  }
  for (int k = 0; k < depth; k++) {
    float* to = panel + static_cast<Index>(k) * COLUMNS;
    const float* from = source + k * stride;
    for (int c = 0; c < COLUMNS; c++) to[c] = c < columns ? from[c] : 0;
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

/** Transposes a square: by quarters of the whole, then of each quarter, and so on. */
FBSD_INLINE void transpose(Vector (&rows)[WIDTH]) {
  constexpr std::make_integer_sequence<int, WIDTH> all;
  if constexpr (WIDTH > 8) exchangeQuarters<8>(rows, all);
  if constexpr (WIDTH > 4) exchangeQuarters<4>(rows, all);
  exchangeQuarters<2>(rows, all);
  exchangeQuarters<1>(rows, all);
}

/** A square block of WIDTH × WIDTH values, transposed. */
FBSD_INLINE void transposeSquare(const float* from, Index fromStride, float* to, Index toStride) {
  Vector rows[WIDTH];
#pragma GCC unroll 16
  for (int i = 0; i < WIDTH; i++) rows[i] = loadVector(from + i * fromStride);
  transpose(rows);
#pragma GCC unroll 16
  for (int i = 0; i < WIDTH; i++) storeVector(to + i * toStride, rows[i]);
}

/** Packs one panel of the matrix whose element (k,j) is at source[j·stride + k]. */
FBSD_INLINE void packColumnPanel(const float* source, Index stride, int depth, int columns, float* panel) {
  int k = 0;
  if (columns >= COLUMNS) {
    for (; k + WIDTH <= depth; k += WIDTH) {
      transposeSquare(source + k, stride, panel + static_cast<Index>(k) * COLUMNS, COLUMNS);
    }
  }
  for (; k < depth; k++) {
    for (int c = 0; c < COLUMNS; c++) {
      panel[static_cast<Index>(k) * COLUMNS + c] = c < columns ? source[c * stride + k] : 0;
    }
  }
}

}  // namespace
