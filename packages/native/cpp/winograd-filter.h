#pragma once
#include "pack.h"
#include "winograd-lines.h"

namespace {

/** A cache line: without it the 36 values of one pair of channels would compete for the same places of the cache. */
constexpr Index GAP = 16;

/** Floats of a matrix [rows,columns] and a gap. */
FBSD_INLINE Index matrixStep(Index rows, Index columns) {
  return rows * columns + GAP;
}

/** Floats of the 36 matrices [rows,columns] of a transformation, with the gaps between them. */
FBSD_INLINE Index matricesFloats(Index rows, Index columns) {
  return PRODUCTS * matrixStep(rows, columns);
}

double matricesBytes(int rows, int columns) {
  return 4.0 * matricesFloats(rows, columns);
}

/** Transforms the weights [3,3,·,·] of a vector of pairs of channels, whose taps are tapStep floats apart: G w Gᵀ. */
FBSD_INLINE void transformTaps(const float* from, Index tapStep, float* to, Index step) {
  transformSquare<3, POINTS, filterLine>(
      [&](int i, int j) { return loadVector(from + (i * 3 + j) * tapStep); },
      [&](int i, int j, Vector v) { storeVector(to + (i * POINTS + j) * step, v); });
}

/**
 * Transforms the weights [3,3,inChannels,outChannels] into 36 matrices of panels, panel `panel` of each.
 *
 * @param flipped for the input gradient: the taps in reversed order and the matrices transposed
 * @param matrices where this panel of the first matrix goes; the next matrix is `step` floats further
 */
FBSD_INLINE void transformFilterPanel(const float* filter, int inChannels, int outChannels, bool flipped,
                                      int panel, float* matrices, Index step) {
  const Index taps = static_cast<Index>(inChannels) * outChannels;
  if (!flipped) {
    for (int c = 0; c < inChannels; c++) {
      transformTaps(filter + static_cast<Index>(c) * outChannels + panel * COLUMNS, taps, matrices, step);
      matrices += COLUMNS;
    }
    return;
  }
  const float* lastTap = filter + 8 * taps;
  float whole[COLUMNS][PRODUCTS * WIDTH];
  for (int o = 0; o < outChannels; o += WIDTH) {
    for (int i = 0; i < COLUMNS; i++) {
      transformTaps(lastTap + static_cast<Index>(panel * COLUMNS + i) * outChannels + o, -taps, whole[i], WIDTH);
    }
    for (int p = 0; p < PRODUCTS; p++) {
      transposeSquare(whole[0] + p * WIDTH, PRODUCTS * WIDTH, matrices + p * step, COLUMNS);
    }
    matrices += WIDTH * COLUMNS;
  }
}

/** Transforms the sums of products of a vector of pairs of channels to the gradients of their weights, Gᵀ s G. */
FBSD_INLINE void transformSums(const float* sums, Index step, float* dw, Index tapStep) {
  transformSquare<POINTS, 3, filterGradientLine>(
      [&](int i, int j) { return loadVector(sums + (i * POINTS + j) * step); },
      [&](int i, int j, Vector v) { storeVector(dw + (i * 3 + j) * tapStep, v); });
}

}  // namespace
