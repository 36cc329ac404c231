#pragma once
#include "winograd-filter.h"
#include "winograd-tiles.h"

namespace {

/** Tiles that go together: many enough to read the weights rarely, few enough for a core's own cache. */
constexpr int TILES = 2 * ROWS > 16 ? 2 * ROWS : 3 * ROWS;
/** About how many convolveFewTiles takes at a time, which transforms weights anew for them. */
constexpr int FEW_TILES = 72 * PER_LANE;
/** Transformed weights of more bytes than these do not stay in a cache. */
constexpr double MANY_WEIGHTS = 1 << 24;

/** Whether the weights are better transformed while they are needed: by convolveFewTiles. */
double convolvesFewTiles(int tiles, int inChannels, int outChannels) {
  return 2 * tiles <= smaller(inChannels, outChannels) || matricesBytes(inChannels, outChannels) > MANY_WEIGHTS;
}

/** Tiles that convolveFewTiles takes at a time, of so many, at least 1: blocks of about the same size. */
double fewTilesAtOnce(int tiles) {
  return larger(1, parts(tiles, larger(1, (tiles + FEW_TILES / 2) / FEW_TILES)));
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
  const Filter weights = {filter, inChannels, outChannels, flipped};
  const int depth = flipped ? outChannels : inChannels;
  const Index step = matrixStep(lanesOf(depth), flipped ? inChannels : outChannels);
  const Index next = panelFloats(depth, COLUMNS);
  for (int p = first; p < last; p += PANELS) {
    weights.transform(p * COLUMNS, smaller(PANELS, last - p), 0, depth, {matrices + p * next, next, step});
  }
}

/**
 * The 36 matrices of transformed inputs: the channels in blocks of `block`, [blocks][count,lanes of a block]. So the rows
 * that are multiplied one after the other lie so in memory.
 */
FBSD_APART void transformInputs(const Convolution& g, const float* x, int first, int count, int block,
                                 const float* zeros, float* left) {
  const Index step = matrixStep(count, lanesOf(g.inChannels));
  for (int t = 0; t < count; t++) {
    transformInput(g, x, first + t, 0, g.inChannels, zeros, [&](int channel, int product, Vector v) {
      const int begin = channel / block * block;
      const int lanes = lanesOf(smaller(block, g.inChannels - begin));
      float* row = left + product * step + static_cast<Index>(lanesOf(begin)) * count + static_cast<Index>(t) * lanes;
      storeFactors(reinterpret_cast<Factor*>(row) + channel - begin, v);
    });
  }
}

/** The 36 pairs of matrices: transformed inputs [tiles,lanes], and one or two panels of weights. */
struct Pairs {
  const float* left;
  Index leftStep;
  int lanes;
  const float* right;
  Index rightStep;
  /** Lanes from one panel to the next. */
  Index panelStep;
  int panels;
};

/** products[p,t,o] = [products +] Σ_c left·right. */
FBSD_APART void multiplyPairs(const Pairs& pairs, int tiles, float* products, bool add) {
  const int columns = pairs.panels * COLUMNS;
  const Index step = matrixStep(tiles, columns);
  for (int p = 0; p < PRODUCTS; p++) {
    const Right panel = {pairs.right + p * pairs.rightStep, pairs.panelStep};
    for (int q = 0; q < tiles; q += ROWS) {
      const int rows = smaller(ROWS, tiles - q);
      const float* matrix = pairs.left + p * pairs.leftStep;
      const SeparateRows a = rowsAt(matrix + static_cast<Index>(q) * pairs.lanes, pairs.lanes, rows);
      const float* ahead = q + ROWS < tiles ? a.row[0] + ROWS * pairs.lanes : matrix + pairs.leftStep;
      float* target = products + p * step + q * columns;
      const Addend sums = {add ? target : nullptr, columns};
      multiplyAdd(a, rows, panel, pairs.panels, pairs.lanes, sums, target, columns, ahead);
    }
  }
}

/** Transforms products to the outputs of tiles, for the channels from o on. */
FBSD_APART void writeTiles(const Convolution& g, const float* products, int tiles, int panels,
                            const float* bias, float* y, int first, int o) {
  const int columns = panels * COLUMNS;
  const Index step = matrixStep(tiles, columns);
  for (int t = 0; t < tiles; t++) {
    for (int c = 0; c < columns; c += WIDTH) {
      transformProducts(g, products + t * columns + c, step, bias, y, first + t, o + c);
    }
  }
}

/** Zeros for pixels off the image, transformed inputs, and products. */
double convolveTilesScratchBytes(int inChannels, int) {
  return 4.0 * (inChannels + matricesFloats(TILES, lanesOf(inChannels)) + matricesFloats(TILES, PANELS * COLUMNS));
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
  const int lanes = lanesOf(g.inChannels);
  float* products = left + matricesFloats(TILES, lanes);
  const Index step = matrixStep(lanes, g.outChannels);
  fillZero(zeros, g.inChannels);
  for (int m = first; m < last; m += TILES) {
    const int count = smaller(TILES, last - m);
    transformInputs(g, x, m, count, g.inChannels, zeros, left);
    for (int o = 0; o < g.outChannels; o += PANELS * COLUMNS) {
      const int panels = smaller(PANELS, (g.outChannels - o) / COLUMNS);
      const float* right = matrices + static_cast<Index>(o) * lanes;
      const Pairs pairs = {left, matrixStep(count, lanes), lanes, right, step, panelFloats(g.inChannels, COLUMNS),
                           panels};
      multiplyPairs(pairs, count, products, false);
      writeTiles(g, products, count, panels, bias, y, m, o);
    }
  }
}

/** Channels of weights that are transformed at a time, so that they stay in a core's own cache. */
constexpr int FILTER_DEPTH = 128;

/** Zeros for pixels off the image, transformed inputs, weights of two panels, and products. */
double convolveFewTilesScratchBytes(int tiles, int inChannels) {
  const int columns = PANELS * COLUMNS;
  const int most = static_cast<int>(fewTilesAtOnce(tiles));
  return 4.0 * (inChannels + matricesFloats(most, lanesOf(inChannels)) +
                matricesFloats(lanesOf(FILTER_DEPTH), columns) + matricesFloats(most, columns));
}

/**
 * Convolves the `tiles` of all images in blocks of fewTilesAtOnce: the items [first,last) of the blocks × panels of output
 * channels. For few tiles, or many weights: each panel's weights are transformed when they are needed, so that they stay
 * in the cache.
 *
 * @param filter [3,3,inChannels,outChannels] of the forward convolution, if flipped its roles change
 * @param scratch convolveFewTilesScratchBytes
 */
void convolveFewTiles(const Convolution* geometry, const float* x, const float* filter, bool flipped,
                      const float* bias, float* y, int tiles, int first, int last, float* scratch) {
  const Convolution g = *geometry;
  const int channels = g.inChannels;
  const int lanes = lanesOf(channels);
  float* zeros = scratch;
  float* left = zeros + channels;
  const int most = static_cast<int>(fewTilesAtOnce(tiles));
  float* right = left + matricesFloats(most, lanes);
  float* products = right + matricesFloats(lanesOf(FILTER_DEPTH), PANELS * COLUMNS);
  const Index step = matrixStep(lanesOf(FILTER_DEPTH), PANELS * COLUMNS);
  const Index panelStep = panelFloats(FILTER_DEPTH, COLUMNS);
  const Filter weights = flipped ? Filter{filter, g.outChannels, channels, true}
                                 : Filter{filter, channels, g.outChannels, false};
  const int ofBlock = g.outChannels / COLUMNS;
  fillZero(zeros, channels);
  for (int block = first / ofBlock; block * ofBlock < last; block++) {
    const int m = block * most;
    const int count = smaller(most, tiles - m);
    const auto [from, to] = itemsOf(block, ofBlock, first, last);
    transformInputs(g, x, m, count, FILTER_DEPTH, zeros, left);
    for (int p = from; p < to; p += PANELS) {
      const int panels = smaller(PANELS, to - p);
      for (int c = 0; c < channels; c += FILTER_DEPTH) {
        const int depth = smaller(FILTER_DEPTH, channels - c);
        weights.transform(p * COLUMNS, panels, c, c + depth, {right, panelStep, step});
        const float* ofDepth = left + static_cast<Index>(lanesOf(c)) * count;
        const Pairs pairs = {ofDepth, matrixStep(count, lanes), lanesOf(depth), right, step, panelStep, panels};
        multiplyPairs(pairs, count, products, c > 0);
      }
      writeTiles(g, products, count, panels, bias, y, m, p * COLUMNS);
    }
  }
}

}  // namespace
