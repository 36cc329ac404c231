#pragma once
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

/** A square block of WIDTH × WIDTH values, transposed. */
FBSD_INLINE void transposeSquare(const float* from, Index fromStride, float* to, Index toStride) {
  // By halves: exchanging the upper right with the lower left quarter, then within each quarter, and so on.
  Vector rows[WIDTH];
#pragma GCC unroll 16
  for (int i = 0; i < WIDTH; i++) rows[i] = loadVector(from + i * fromStride);
#pragma GCC unroll 4
  for (int half = WIDTH / 2; half > 0; half /= 2) {
    Integers low, high;
#pragma GCC unroll 16
    for (int j = 0; j < WIDTH; j++) {
      low[j] = j & half ? WIDTH + (j ^ half) : j;
      high[j] = j & half ? WIDTH + j : j | half;
    }
#pragma GCC unroll 16
    for (int i = 0; i < WIDTH; i++) {
      if (i & half) continue;
      const Vector above = rows[i];
      const Vector below = rows[i | half];
      rows[i] = __builtin_shuffle(above, below, low);
      rows[i | half] = __builtin_shuffle(above, below, high);
    }
  }
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
