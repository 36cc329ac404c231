#pragma once
#include "micro-kernel.h"

namespace {

/**
 * A convolution. Position (i,j) of an image is one of rows × columns; through tap (a,b) it reads the input at
 * (i·strideHeight + top + a·dilationHeight, …) and writes the output at (i·outRowStep + outRow, …).
 */
struct Convolution {
  int32_t inHeight, inWidth, inChannels;
  int32_t kernelHeight, kernelWidth, outChannels;
  int32_t rows, columns;
  int32_t strideHeight, strideWidth;
  int32_t top, left;
  int32_t dilationHeight, dilationWidth;
  int32_t outHeight, outWidth;
  int32_t outRowStep, outColumnStep;
  int32_t outRow, outColumn;
  /** Whether a negative output is written as 0. */
  int32_t relu;
  /** Floats from one pixel of the input to the next: inChannels, or fewer where channels of several count as its own. */
  int32_t pixelStep;
  /** Floats from an output to what is added to it before the ReLU; 0 if nothing is. */
  int32_t residual;
};

/** How many values are below all taps of a position. */
FBSD_INLINE int valuesBelow(const Convolution& g) {
  return g.kernelHeight * g.kernelWidth * g.inChannels;
}

/** Where a position reads and writes. */
struct Position {
  /** The input below tap (0,0), which may lie outside of the image: counted from the first value of all. */
  Index input;
  int row;
  int column;
  Index output;
};

/** The positions [first,first + count), computed once for all channels. */
FBSD_INLINE void locate(const Convolution& g, int first, int count, Position* positions) {
  int column = first % g.columns;
  int row = first / g.columns % g.rows;
  int image = first / g.columns / g.rows;
  for (int k = 0; k < count; k++) {
    Position& p = positions[k];
    p.row = row * g.strideHeight + g.top;
    p.column = column * g.strideWidth + g.left;
    const Index pixel = (static_cast<Index>(image) * g.inHeight + p.row) * g.inWidth + p.column;
    p.input = pixel * g.pixelStep;
    const Index outRow = static_cast<Index>(image) * g.outHeight + row * g.outRowStep + g.outRow;
    p.output = (outRow * g.outWidth + column * g.outColumnStep + g.outColumn) * g.outChannels;
    if (++column == g.columns) {
      column = 0;
      if (++row == g.rows) {
        row = 0;
        image++;
      }
    }
  }
}

/** Whether 0 ≤ i < n. */
FBSD_INLINE bool within(int i, int n) {
  return static_cast<unsigned>(i) < static_cast<unsigned>(n);
}

/** The inputs below tap (a,b) of a position, or `outside`. */
FBSD_INLINE const float* inputPixel(const Convolution& g, const float* x, const Position& p, int a, int b,
                                    const float* outside) {
  const int down = a * g.dilationHeight;
  const int right = b * g.dilationWidth;
  if (!within(p.row + down, g.inHeight) || !within(p.column + right, g.inWidth)) return outside;
  return x + p.input + (static_cast<Index>(down) * g.inWidth + right) * g.pixelStep;
}

/** The inputs below all taps of row a, `outside` if they are off the image, null if only some are. */
FBSD_INLINE const float* inputRow(const Convolution& g, const float* x, const Position& p, int a,
                                  const float* outside) {
  const int down = a * g.dilationHeight;
  if (!within(p.row + down, g.inHeight)) return outside;
  if (p.column < 0 || p.column + g.kernelWidth > g.inWidth) return nullptr;
  if (g.dilationWidth > 1 && g.kernelWidth > 1) return nullptr;
  return x + p.input + static_cast<Index>(down) * g.inWidth * g.pixelStep;
}

}  // namespace
