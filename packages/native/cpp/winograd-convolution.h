#pragma once
#include "winograd-filter.h"
#include "winograd-tiles.h"

namespace {

/** Tiles that go together at least. */
constexpr int TILES = 2 * ROWS > 16 ? 2 * ROWS : 3 * ROWS;
/** Transformed weights of more bytes than these do not stay in a cache. */
constexpr double MANY_WEIGHTS = 1 << 24;
/** Bytes of transformed inputs that do. */
constexpr int INPUT_BYTES = 1 << 23;

/** Tiles that go together: many enough to read the weights rarely, few enough for the cache. */
FBSD_INLINE int tilesTogether(int inChannels, int outChannels) {
  if (4.0 * matricesFloats(inChannels, outChannels) <= MANY_WEIGHTS) return TILES;
  return larger(TILES, INPUT_BYTES / (4 * PRODUCTS * inChannels) / ROWS * ROWS);
}

double transformWholeFilterScratchBytes() {
  return 0;
}

/**
 * The panels [first,last) of the 36 matrices of weights of a convolution, for convolveTiles.
 *
 * @param matrices matricesBytes of the channels
 */
void transformWholeFilter(const float* filter, int inChannels, int outChannels, bool flipped, float* matrices,
                          int first, int last, float*) {
  const int depth = flipped ? outChannels : inChannels;
  const Index step = matrixStep(inChannels, outChannels);
  for (int panel = first; panel < last; panel++) {
    float* to = matrices + static_cast<Index>(panel) * depth * COLUMNS;
    transformFilterPanel(filter, inChannels, outChannels, flipped, panel, to, step);
  }
}

/** The 36 matrices [count,inChannels] of transformed inputs. */
FBSD_INLINE void transformInputs(const Convolution& g, const float* x, int first, int count,
                                 const float* zeros, float* left) {
  const Index step = matrixStep(count, g.inChannels);
  for (int t = 0; t < count; t++) {
    float* row = left + static_cast<Index>(t) * g.inChannels;
    transformInput(g, x, first + t, 0, g.inChannels, zeros, row, WIDTH, step);
  }
}

/** Multiplies the 36 pairs of matrices for one or two panels, and writes their outputs of the tiles. */
FBSD_INLINE void multiplyPanels(const Convolution& g, const float* left, int count, const float* right,
                                Index rightStep, int panels, float* products, const float* bias, float* y,
                                int first, int o) {
  const int columns = panels * COLUMNS;
  const Index leftStep = matrixStep(count, g.inChannels);
  const Index productStep = matrixStep(count, columns);
  const Index panelSize = panelFloats(g.inChannels, COLUMNS);
  for (int p = 0; p < PRODUCTS; p++) {
    const Right panel = {right + p * rightStep, panelSize};
    for (int q = 0; q < count; q += ROWS) {
      const int rows = smaller(ROWS, count - q);
      SeparateRows a;
      for (int i = 0; i < rows; i++) a.row[i] = left + p * leftStep + static_cast<Index>(q + i) * g.inChannels;
      float* sums = products + p * productStep + q * columns;
      multiplyAdd(a, rows, panel, panels, g.inChannels, sums, columns, false);
    }
  }
  for (int t = 0; t < count; t++) {
    for (int p = 0; p < panels; p++) {
      const float* source = products + t * columns + p * COLUMNS;
      transformProducts(g, source, productStep, bias, y, first + t, o + p * COLUMNS);
    }
  }
}

/** Zeros for pixels off the image, transformed inputs, and products. */
double convolveTilesScratchBytes(int inChannels, int outChannels) {
  const int tiles = tilesTogether(inChannels, outChannels);
  return 4.0 * (inChannels + matricesFloats(tiles, inChannels) + matricesFloats(tiles, PANELS * COLUMNS));
}

/**
 * Convolves the tiles [first,last) of all images: y = x ∗ weights + bias. For many tiles: the weights are transformed
 * beforehand.
 *
 * @param matrices of transformWholeFilter
 * @param bias [outChannels], or null
 * @param scratch convolveTilesScratchBytes
 */
void convolveTiles(const Convolution* geometry, const float* x, const float* matrices, const float* bias,
                   float* y, int first, int last, float* scratch) {
  const Convolution g = *geometry;
  float* zeros = scratch;
  float* left = zeros + g.inChannels;
  const int together = tilesTogether(g.inChannels, g.outChannels);
  float* products = left + matricesFloats(together, g.inChannels);
  const Index step = matrixStep(g.inChannels, g.outChannels);
  fillZero(zeros, g.inChannels);
  for (int m = first; m < last; m += together) {
    const int count = smaller(together, last - m);
    transformInputs(g, x, m, count, zeros, left);
    for (int o = 0; o < g.outChannels; o += PANELS * COLUMNS) {
      const int panels = smaller(PANELS, (g.outChannels - o) / COLUMNS);
      const float* right = matrices + static_cast<Index>(o) * g.inChannels;
      multiplyPanels(g, left, count, right, step, panels, products, bias, y, m, o);
    }
  }
}

/** The same for all tiles and the weights of two panels. */
double convolveFewTilesScratchBytes(int tiles, int inChannels) {
  const int columns = PANELS * COLUMNS;
  return 4.0 * (inChannels + matricesFloats(tiles, inChannels) + matricesFloats(inChannels, columns) +
                matricesFloats(tiles, columns));
}

/**
 * Convolves all `tiles` of all images, for the output channels of the panels [first,last). For few tiles: the weights
 * of each panel are transformed when they are needed, so that they stay in the cache.
 *
 * @param filter [3,3,inChannels,outChannels] of the forward convolution, if flipped its roles change
 * @param scratch convolveFewTilesScratchBytes
 */
void convolveFewTiles(const Convolution* geometry, const float* x, const float* filter, bool flipped,
                      const float* bias, float* y, int tiles, int first, int last, float* scratch) {
  const Convolution g = *geometry;
  float* zeros = scratch;
  float* left = zeros + g.inChannels;
  float* right = left + matricesFloats(tiles, g.inChannels);
  const Index step = matrixStep(g.inChannels, PANELS * COLUMNS);
  float* products = right + PRODUCTS * step;
  const int inChannels = flipped ? g.outChannels : g.inChannels;
  const int outChannels = flipped ? g.inChannels : g.outChannels;
  fillZero(zeros, g.inChannels);
  transformInputs(g, x, 0, tiles, zeros, left);
  for (int p = first; p < last; p += PANELS) {
    const int panels = smaller(PANELS, last - p);
    for (int i = 0; i < panels; i++) {
      float* to = right + panelFloats(g.inChannels, i * COLUMNS);
      transformFilterPanel(filter, inChannels, outChannels, flipped, p + i, to, step);
    }
    multiplyPanels(g, left, tiles, right, step, panels, products, bias, y, 0, p * COLUMNS);
  }
}

}  // namespace
