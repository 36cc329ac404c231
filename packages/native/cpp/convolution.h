#pragma once
#include "pack.h"
#include "positions.h"

namespace {

/** Positions that share a panel of weights while it is in the cache. */
constexpr int POSITIONS = 8 * ROWS;

/** The panels [first,last) of weights [depth,outChannels]; depth = kernelHeight·kernelWidth·inChannels. */
void packFilter(const float* filter, int depth, int outChannels, float* panels, int first, int last) {
  for (int p = first; p < last; p++) {
    const int j = p * COLUMNS;
    packRowPanel(filter + j, outChannels, depth, outChannels - j, panels + static_cast<Index>(j) * depth);
  }
}

/**
 * The panels [first,last) of the weights of an input gradient: of the filter [·,kernelWidth,inChannels,outChannels]
 * the taps (row + q·rowStep, column + r·columnStep), in reversed order, transposed: [rows·columns·outChannels,inChannels].
 */
void packFlippedFilter(const float* filter, int kernelWidth, int inChannels, int outChannels, int row,
                       int column, int rowStep, int columnStep, int rows, int columns, float* panels,
                       int first, int last) {
  const Index tapFloats = static_cast<Index>(outChannels) * COLUMNS;
  for (int p = first; p < last; p++) {
    const int j = p * COLUMNS;
    float* panel = panels + p * rows * columns * tapFloats;
    for (int q = rows - 1; q >= 0; q--) {
      for (int r = columns - 1; r >= 0; r--) {
        const int tap = (row + q * rowStep) * kernelWidth + column + r * columnStep;
        const float* source = filter + (static_cast<Index>(tap) * inChannels + j) * outChannels;
        packColumnPanel(source, outChannels, outChannels, inChannels - j, panel);
        panel += tapFloats;
      }
    }
  }
}

/** What a tile of positions reads below one row of taps. */
struct TapRow {
  SeparateRows rows;
  /** Whether the taps lie side by side for all positions, which is so away from the borders. */
  bool whole;
};

/** Tiles of a block. */
constexpr int POSITION_TILES = POSITIONS / ROWS;

/** Positions of a block, what their tiles read, and zeros for the taps of a row that are off the image. */
double convolveScratchBytes(int kernelHeight, int kernelWidth, int inChannels) {
  return POSITIONS * sizeof(Position) + 1.0 * POSITION_TILES * kernelHeight * sizeof(TapRow) +
         4.0 * kernelWidth * inChannels;
}

/** Finds out, once for all output channels, what up to ROWS positions read below each row of taps. */
FBSD_INLINE void findTapRows(const Convolution& g, const float* x, const Position* positions, int count,
                             const float* zeros, TapRow* tapRows) {
  for (int a = 0; a < g.kernelHeight; a++) {
    TapRow& row = tapRows[a];
    row.whole = true;
    for (int i = 0; i < count; i++) {
      row.rows.row[i] = inputRow(g, x, positions[i], a, zeros);
      row.whole = row.whole && row.rows.row[i];
    }
  }
}

/** Where the sums of a tile grow. */
struct Target {
  float* values;
  Index stride;
};

/** Adds up to ROWS positions and two panels of output channels to what the target holds, or begins with nothing. */
FBSD_INLINE void convolvePositions(const Convolution& g, const float* x, const Position* positions,
                                   const TapRow* tapRows, int count, Right panel, int panels,
                                   const float* zeros, Target to, bool add) {
  for (int a = 0; a < g.kernelHeight; a++) {
    if (tapRows[a].whole) {
      const int depth = g.kernelWidth * g.inChannels;
      multiplyAdd(tapRows[a].rows, count, panel, panels, depth, to.values, to.stride, add);
      panel.values += static_cast<Index>(depth) * COLUMNS;
      add = true;
      continue;
    }
    for (int b = 0; b < g.kernelWidth; b++) {
      SeparateRows rows;
      for (int i = 0; i < count; i++) rows.row[i] = inputPixel(g, x, positions[i], a, b, zeros);
      multiplyAdd(rows, count, panel, panels, g.inChannels, to.values, to.stride, add);
      panel.values += static_cast<Index>(g.inChannels) * COLUMNS;
      add = true;
    }
  }
}

/** Makes negative values 0. */
FBSD_INLINE void rectify(float* values, int count) {
  for (int i = 0; i < count; i++) values[i] = values[i] < 0 ? 0 : values[i];  // this order lets NaN through
}

/** Whether the outputs of neighbouring positions lie side by side: not so where an input gradient leaves gaps. */
FBSD_INLINE bool hasDenseOutput(const Convolution& g) {
  return g.outHeight == g.rows && g.outWidth == g.columns && g.outRowStep == 1 && g.outColumnStep == 1;
}

/**
 * Convolves the positions [first,last) of all images: y = x ∗ weights + bias, without im2col.
 *
 * @param weights panels of packFilter or packFlippedFilter
 * @param bias [outChannels], or null
 * @param scratch convolveScratchBytes
 */
void convolve(const Convolution* geometry, const float* x, const float* weights, const float* bias, float* y,
              int first, int last, float* scratch) {
  const Convolution g = *geometry;
  Position* positions = reinterpret_cast<Position*>(scratch);
  TapRow* tapRows = reinterpret_cast<TapRow*>(positions + POSITIONS);
  float* zeros = reinterpret_cast<float*>(tapRows + POSITION_TILES * g.kernelHeight);
  fillZero(zeros, static_cast<Index>(g.kernelWidth) * g.inChannels);
  const Index panelSize = panelFloats(g.kernelHeight * g.kernelWidth * g.inChannels, COLUMNS);
  const bool dense = hasDenseOutput(g);
  const bool untouched = panelSize == 0;  // an input gradient of pixels that the stride passes over
  for (int m = first; m < last; m += POSITIONS) {
    const int count = smaller(POSITIONS, last - m);
    locate(g, m, count, positions);
    for (int q = 0; q < count; q += ROWS) {
      TapRow* ofTile = tapRows + q / ROWS * g.kernelHeight;
      findTapRows(g, x, positions + q, smaller(ROWS, count - q), zeros, ofTile);
    }
    for (int j = 0; j < g.outChannels; j += PANELS * COLUMNS) {
      const int columns = smaller(PANELS * COLUMNS, g.outChannels - j);
      const int panels = parts(columns, COLUMNS);
      const Right panel = {weights + j / COLUMNS * panelSize, panelSize};
      const bool inPlace = dense && columns == panels * COLUMNS;
      for (int q = 0; q < count; q += ROWS) {
        const int rows = smaller(ROWS, count - q);
        const TapRow* ofTile = tapRows + q / ROWS * g.kernelHeight;
        Sums own;
        const Target sums = inPlace ? Target{y + positions[q].output + j, g.outChannels}
                                    : Target{own.values, Sums::STRIDE};
        for (int i = 0; i < rows; i++) {
          if (bias) copyFloats(sums.values + i * sums.stride, bias + j, columns);
          else if (untouched) fillZero(sums.values + i * sums.stride, columns);
        }
        convolvePositions(g, x, positions + q, ofTile, rows, panel, panels, zeros, sums, bias != nullptr);
        for (int i = 0; g.relu && i < rows; i++) rectify(sums.values + i * sums.stride, columns);
        for (int i = 0; !inPlace && i < rows; i++) {
          copyFloats(y + positions[q + i].output + j, own.row(i), columns);
        }
      }
    }
  }
}

}  // namespace
