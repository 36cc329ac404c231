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

/** Positions of a block, and zeros for the taps of a row that are off the image. */
double convolveScratchBytes(int kernelWidth, int inChannels) {
  return POSITIONS * sizeof(Position) + 4.0 * kernelWidth * inChannels;
}

/** Up to ROWS positions and two panels of output channels. */
FBSD_INLINE void convolvePositions(const Convolution& g, const float* x, const Position* positions, int count,
                                   Right panel, int panels, const float* zeros, Sums& sums) {
  const Index step = panel.stride;
  for (int a = 0; a < g.kernelHeight; a++) {
    // The taps of one row lie side by side in the input: one long product, away from the borders.
    SeparateRows rows;
    bool whole = true;
    for (int i = 0; i < count; i++) {
      rows.row[i] = inputRow(g, x, positions[i], a, zeros);
      whole = whole && rows.row[i];
    }
    if (whole) {
      const int depth = g.kernelWidth * g.inChannels;
      multiplyAdd(rows, count, panel, panels, depth, sums.values, Sums::STRIDE, true);
      panel.values += depth * step;
      continue;
    }
    for (int b = 0; b < g.kernelWidth; b++) {
      for (int i = 0; i < count; i++) rows.row[i] = inputPixel(g, x, positions[i], a, b, zeros);
      multiplyAdd(rows, count, panel, panels, g.inChannels, sums.values, Sums::STRIDE, true);
      panel.values += g.inChannels * step;
    }
  }
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
  float* zeros = reinterpret_cast<float*>(positions + POSITIONS);
  fillZero(zeros, static_cast<Index>(g.kernelWidth) * g.inChannels);
  const Index panelSize = panelFloats(g.kernelHeight * g.kernelWidth * g.inChannels, COLUMNS);
  for (int m = first; m < last; m += POSITIONS) {
    const int count = smaller(POSITIONS, last - m);
    locate(g, m, count, positions);
    for (int j = 0; j < g.outChannels; j += PANELS * COLUMNS) {
      const int columns = smaller(PANELS * COLUMNS, g.outChannels - j);
      const int panels = parts(columns, COLUMNS);
      const Right panel = {weights + j / COLUMNS * panelSize, COLUMNS, panelSize};
      for (int q = 0; q < count; q += ROWS) {
        const int rows = smaller(ROWS, count - q);
        Sums sums;
        for (int i = 0; i < rows; i++) {
          fillZero(sums.row(i), panels * COLUMNS);
          if (bias) copyFloats(sums.row(i), bias + j, columns);
        }
        convolvePositions(g, x, positions + q, rows, panel, panels, zeros, sums);
        for (int i = 0; i < rows; i++) copyFloats(y + positions[q + i].output + j, sums.row(i), columns);
      }
    }
  }
}

}  // namespace
