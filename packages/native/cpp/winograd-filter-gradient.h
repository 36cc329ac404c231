#pragma once
#include "winograd-filter.h"
#include "winograd-tiles.h"

namespace {

/** Tiles that are transformed at a time: the depth of the products. */
constexpr int TILE_DEPTH = 256;
/** Input and output channels that are finished at a time. */
constexpr int CHANNELS_IN = 256;
constexpr int CHANNELS_OUT = 2 * PANELS * COLUMNS;

/** Input channels of a block, so many that whole vectors of them are transformed. */
FBSD_INLINE int blockChannels(int groups) {
  return parts(smaller(CHANNELS_IN, groups * ROWS), WIDTH) * WIDTH + WIDTH;
}

/**
 * Zeros for pixels off the image, transformed output gradients and inputs, and sums.
 *
 * @param tiles of all images
 * @param groups of ROWS input channels: how many at most are asked for
 */
double filterGradientOfTilesScratchBytes(int tiles, int groups, int inChannels, int outChannels) {
  const int depth = smaller(TILE_DEPTH, tiles);
  const int width = blockChannels(groups);
  const int columns = smaller(CHANNELS_OUT, outChannels);
  return 4.0 * (larger(inChannels, outChannels) + matricesFloats(depth, columns) +
                matricesFloats(depth, width) + matricesFloats(width, columns));
}

/**
 * dw[3,3,c,o] = Gᵀ [Σ (A dy Aᵀ) ⊙ (Bᵀ x B)] G over all tiles, for the input channels of the groups of ROWS
 * [first,last).
 *
 * @param scratch filterGradientOfTilesScratchBytes
 */
void filterGradientOfTiles(const Convolution* geometry, const float* x, const float* dy, float* dw, int batch,
                           int first, int last, float* scratch) {
  const Convolution g = *geometry;
  const int total = batch * tilesOf(g);
  const int most = smaller(TILE_DEPTH, total);
  const int end = smaller(last * ROWS, g.inChannels);
  const int width = blockChannels(last - first);
  const int columns = smaller(CHANNELS_OUT, g.outChannels);
  float* zeros = scratch;
  float* right = zeros + larger(g.inChannels, g.outChannels);
  float* left = right + matricesFloats(most, columns);
  float* sums = left + matricesFloats(most, width);
  const Index rightStep = matrixStep(most, columns);
  const Index leftStep = matrixStep(most, width);
  const Index sumStep = matrixStep(width, columns);
  const Index tapStep = static_cast<Index>(g.inChannels) * g.outChannels;
  fillZero(zeros, larger(g.inChannels, g.outChannels));

  for (int from = first * ROWS; from < end; from += CHANNELS_IN) {
    const int to = smaller(from + CHANNELS_IN, end);
    // Whole vectors are transformed; what is before `from` or beyond `to` is not used.
    const int vectorsFrom = from / WIDTH * WIDTH;
    const int vectorsTo = parts(to, WIDTH) * WIDTH;
    for (int o = 0; o < g.outChannels; o += columns) {
      const int outs = smaller(columns, g.outChannels - o);
      for (int m = 0; m < total; m += TILE_DEPTH) {
        const int depth = smaller(TILE_DEPTH, total - m);
        const bool kept = total <= TILE_DEPTH && o > 0;
        for (int t = 0; t < depth; t++) {
          if (!kept) {
            float* a = left + static_cast<Index>(t) * width;
            transformInput(g, x, m + t, vectorsFrom, vectorsTo, zeros, a, WIDTH, leftStep);
          }
          float* b = right + t * COLUMNS;
          transformOutputGradient(g, dy, m + t, o, o + outs, zeros, b, most * COLUMNS, rightStep);
        }
        for (int p = 0; p < PRODUCTS; p++) {
          for (int j = 0; j < outs; j += PANELS * COLUMNS) {
            const int panels = smaller(PANELS, (outs - j) / COLUMNS);
            const Right panel = {right + p * rightStep + static_cast<Index>(j) * most, most * COLUMNS};
            for (int c = from; c < to; c += ROWS) {
              const InterleavedRows a = {left + p * leftStep + (c - vectorsFrom), width};
              float* sum = sums + p * sumStep + static_cast<Index>(c - from) * columns + j;
              multiplyAdd(a, smaller(ROWS, to - c), panel, panels, depth, sum, columns, m > 0);
            }
          }
        }
      }
      for (int c = from; c < to; c++) {
        for (int j = 0; j < outs; j += WIDTH) {
          const float* source = sums + static_cast<Index>(c - from) * columns + j;
          transformSums(source, sumStep, dw + static_cast<Index>(c) * g.outChannels + o + j, tapStep);
        }
      }
    }
  }
}

}  // namespace
