#pragma once
#include "winograd-filter.h"
#include "winograd-tiles.h"

namespace {

/** Input and output channels that are finished at a time: many, so that each side is seldom transformed again. */
struct Block {
  int inputs, outputs;
};

constexpr Block BLOCK = {256, 128};
/** Few tiles are soon transformed; what counts is that the sums, which each is added to once, stay in a core's own cache. */
constexpr Block BLOCK_OF_FEW_TILES = {64, 64};
static_assert(BLOCK.outputs % (PANELS * COLUMNS) == 0 && BLOCK_OF_FEW_TILES.outputs % (PANELS * COLUMNS) == 0);

FBSD_INLINE Block blockFor(int tiles) {
  return tiles > 32 ? BLOCK : BLOCK_OF_FEW_TILES;
}

/** Tiles that are transformed at a time, the depth of the products: of few channels fewer, which stay in a core's own cache. */
FBSD_INLINE int tileDepth(int groups) {
  const int channels = groups * ROWS;
  return channels > 160 ? 256 : channels > 80 ? 128 : 64;
}

/** Input channels of a block, so many that whole vectors of them are transformed. */
FBSD_INLINE int blockChannels(int tiles, int groups) {
  return parts(smaller(blockFor(tiles).inputs, groups * ROWS), WIDTH) * WIDTH + WIDTH;
}

/**
 * Zeros for pixels off the image, transformed output gradients and inputs, and sums.
 *
 * @param tiles of all images
 * @param groups of ROWS input channels: how many at most are asked for
 */
double filterGradientOfTilesScratchBytes(int tiles, int groups, int inChannels, int outChannels) {
  const int depth = lanesOf(smaller(tileDepth(groups), tiles));
  const int width = blockChannels(tiles, groups);
  const int columns = smaller(blockFor(tiles).outputs, outChannels);
  return 4.0 * (larger(inChannels, outChannels) + matricesFloats(depth, columns) +
                matricesFloats(depth, width) + matricesFloats(width, columns));
}

/** Transformed inputs of the tiles [m,m + depth), [PRODUCTS][lanes of depth][·], for the channels [from,to). */
FBSD_APART void transformInputTiles(const Convolution& g, const float* x, int m, int depth, int from, int to,
                                    const float* zeros, float* left, Index width, Index step) {
  for (int t = 0; t < depth; t++) {
    float* row = left + t / PER_LANE * width;
    transformInput(g, x, m + t, from, to, zeros, [&](int channel, int product, Vector v) {
      storeOfLanes(row + product * step + channel, t, v);
    });
  }
}

/** Transformed output gradients of the tiles [m,m + depth) in panels, for the channels [from,to). */
FBSD_APART void transformGradientTiles(const Convolution& g, const float* dy, int m, int depth, int from,
                                       int to, const float* zeros, float* right, Index panelSize,
                                       Index step) {
  for (int t = 0; t < depth; t++) {
    float* row = right + t / PER_LANE * COLUMNS;
    transformOutputGradient(g, dy, m + t, from, to, zeros, [&](int channel, int product, Vector v) {
      storeOfLanes(row + product * step + channel / COLUMNS * panelSize, t, v);
    });
  }
}

/** Gradients of the weights of the pairs of channels [from,to) and [o,o + outs), from the sums of their products. */
FBSD_APART void writeGradients(const Convolution& g, const float* sums, Index step, int columns, float* dw,
                               int from, int to, int o, int outs) {
  const Index tapStep = static_cast<Index>(g.inChannels) * g.outChannels;
  for (int c = from; c < to; c++) {
    for (int j = 0; j < outs; j += WIDTH) {
      const float* source = sums + static_cast<Index>(c - from) * columns + j;
      transformSums(source, step, dw + static_cast<Index>(c) * g.outChannels + o + j, tapStep);
    }
  }
}

/**
 * dw[3,3,c,o] = Gᵀ [Σ (A dy Aᵀ) ⊙ (Bᵀ x B)] G over all tiles, for the input channels of the groups of ROWS
 * [first,last) and the output channels [begin,end).
 *
 * @param scratch filterGradientOfTilesScratchBytes
 */
void filterGradientOfTiles(const Convolution* geometry, const float* x, const float* dy, float* dw, int batch,
                           int first, int last, int begin, int end, float* scratch) {
  const Convolution g = *geometry;
  const int total = batch * tilesOf(g);
  const int depthAtOnce = tileDepth(last - first);
  const int most = lanesOf(smaller(depthAtOnce, total));
  const int channels = smaller(last * ROWS, g.inChannels);
  const int width = blockChannels(total, last - first);
  const Block block = blockFor(total);
  const int columns = smaller(block.outputs, end - begin);
  float* zeros = scratch;
  float* right = zeros + larger(g.inChannels, g.outChannels);
  float* left = right + matricesFloats(most, columns);
  float* sums = left + matricesFloats(most, width);
  const Index panelSize = static_cast<Index>(most) * COLUMNS;
  const Index rightStep = matrixStep(most, columns);
  const Index leftStep = matrixStep(most, width);
  const Index sumStep = matrixStep(width, columns);
  fillZero(zeros, larger(g.inChannels, g.outChannels));

  for (int from = first * ROWS; from < channels; from += block.inputs) {
    const int to = smaller(from + block.inputs, channels);
    // Whole vectors are transformed; what is before `from` or beyond `to` is not used.
    const int vectorsFrom = from / WIDTH * WIDTH;
    const int vectorsTo = parts(to, WIDTH) * WIDTH;
    for (int o = begin; o < end; o += columns) {
      const int outs = smaller(columns, end - o);
      for (int m = 0; m < total; m += depthAtOnce) {
        const int depth = smaller(depthAtOnce, total - m);
        const bool kept = total <= depthAtOnce && o > begin; // the inputs are there, from the channels before
        if (!kept) transformInputTiles(g, x, m, depth, vectorsFrom, vectorsTo, zeros, left, width, leftStep);
        transformGradientTiles(g, dy, m, depth, o, o + outs, zeros, right, panelSize, rightStep);
        const int lanes = lanesOf(depth);
        for (int p = 0; p < PRODUCTS; p++) {
          // Meanwhile the inputs of the next product are fetched, once.
          const float* ahead = left + (p + 1) * leftStep;
          const float* fetched = p + 1 < PRODUCTS ? ahead + static_cast<Index>(lanes) * width : ahead;
          for (int j = 0; j < outs; j += PANELS * COLUMNS) {
            const int panels = smaller(PANELS, (outs - j) / COLUMNS);
            const Right panel = {right + p * rightStep + static_cast<Index>(j) * most, panelSize};
            for (int c = from; c < to; c += ROWS) {
              const InterleavedRows a = {left + p * leftStep + (c - vectorsFrom), width};
              const int rows = smaller(ROWS, to - c);
              float* sum = sums + p * sumStep + static_cast<Index>(c - from) * columns + j;
              const Addend addend = {m > 0 ? sum : nullptr, columns};
              const bool fetches = ahead < fetched && rows == ROWS && panels == PANELS;
              multiplyAdd(a, rows, panel, panels, lanes, addend, sum, columns, fetches ? ahead : nullptr);
              if (fetches) ahead += static_cast<Index>(lanes) * CACHE_LINE;
            }
          }
        }
      }
      writeGradients(g, sums, sumStep, columns, dw, from, to, o, outs);
    }
  }
}

}  // namespace
