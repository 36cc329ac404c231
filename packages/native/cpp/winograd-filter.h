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

/** Transformed weights of so many input and output channels. */
double matricesBytes(int rows, int columns) {
  return 4.0 * matricesFloats(lanesOf(rows), columns);
}

/**
 * Transforms the weights [3,3,·,·] of a vector of pairs of channels, whose taps are tapStep floats apart, G w Gᵀ, to
 * row `row` of a panel.
 */
FBSD_INLINE void transformTaps(const float* from, Index tapStep, float* panel, int row, Index step) {
  float* to = panel + static_cast<Index>(row / PER_LANE) * COLUMNS;
  transformSquare<3, POINTS, filterLine>(
      [&](int i, int j) { return loadVector(from + (i * 3 + j) * tapStep); },
      [&](int i, int j, Vector v) { storeOfLanes(to + (i * POINTS + j) * step, row, v); });
}

/** Weights that are fetched ahead: those of one panel lie far apart. */
constexpr int ROWS_AHEAD = 6;

/** Where panels of transformed weights go. */
struct TransformedPanels {
  float* first;
  /** From one panel to the next, and from one of the 36 matrices to the next. */
  Index next, step;

  float* at(int panel) const {
    return first + panel * next;
  }
};

/** Panels of the weights of a convolution, or of its input gradient: transformed, and one of the 36 matrices after the other. */
struct Filter {
  /** [3,3,inChannels,outChannels] of the forward convolution. */
  const float* weights;
  int inChannels;
  int outChannels;
  /** For the input gradient: the taps in reversed order and the matrices transposed. */
  bool flipped;

  Index tapStep() const {
    return static_cast<Index>(inChannels) * outChannels;
  }

  /**
   * Transforms the rows [from,to) of some panels, of which `column` is the first column; lanes begin with `from`.
   */
  FBSD_APART void transform(int column, int panels, int from, int to, const TransformedPanels& target) const {
    if (!flipped) return transformRows(column, panels, from, to, target);
    for (int p = 0; p < panels; p++) transformColumns(column + p * COLUMNS, from, to, target.at(p), target.step);
  }

 private:
  /** All panels of a row together: rows are far apart, and each may need a page of memory of its own to be found. */
  FBSD_INLINE void transformRows(int column, int panels, int from, int to, const TransformedPanels& target) const {
    for (int c = from; c < to; c++) {
      const float* row = weights + static_cast<Index>(c) * outChannels + column;
      for (int p = 0; p < panels; p++) {
        const float* values = row + p * COLUMNS;
        for (int t = 0; t < 9; t++) __builtin_prefetch(values + t * tapStep() + ROWS_AHEAD * outChannels);
        transformTaps(values, tapStep(), target.at(p), c - from, target.step);
      }
    }
  }

  FBSD_INLINE void transformColumns(int column, int from, int to, float* panel, Index step) const {
    const float* lastTap = weights + 8 * tapStep() + static_cast<Index>(column) * outChannels;
    float taps[9][WIDTH * COLUMNS];
    for (int o = from; o < to; o += WIDTH) {
      for (int t = 0; t < 9; t++) {
        const float* tap = lastTap - t * tapStep() + o;
        transposeSquare([&](int c) { return loadVector(tap + c * static_cast<Index>(outChannels)); }, taps[t], COLUMNS);
      }
      for (int i = 0; i < WIDTH; i++) {
        transformTaps(taps[0] + i * COLUMNS, WIDTH * COLUMNS, panel, o - from + i, step);
      }
    }
  }
};

/** Transforms the sums of products of a vector of pairs of channels to the gradients of their weights, Gᵀ s G. */
FBSD_INLINE void transformSums(const float* sums, Index step, float* dw, Index tapStep) {
  transformSquare<POINTS, 3, filterGradientLine>(
      [&](int i, int j) { return loadVector(sums + (i * POINTS + j) * step); },
      [&](int i, int j, Vector v) { storeVector(dw + (i * 3 + j) * tapStep, v); });
}

}  // namespace
