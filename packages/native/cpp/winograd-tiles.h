#pragma once
#include "positions.h"
#include "winograd-lines.h"

namespace {

/** Tiles of one image. */
FBSD_INLINE int tilesOf(const Convolution& g) {
  return parts(g.rows, TILE) * parts(g.columns, TILE);
}

/** Where a tile lies; tiles are counted over all images. */
struct Tile {
  int image, row, column;
};

FBSD_INLINE Tile tileAt(const Convolution& g, int tile) {
  const int across = parts(g.columns, TILE);
  const int ofImage = tile % tilesOf(g);
  return {tile / tilesOf(g), ofImage / across * TILE, ofImage % across * TILE};
}

/** The pixels below a tile, Size × Size of them; `outside` for those that are off the image. */
template <int Size>
FBSD_INLINE void pixelsOf(const float* x, int height, int width, int channels, Tile tile, const float* outside,
                          const float** pixels) {
  for (int i = 0; i < Size; i++) {
    const Index line = (static_cast<Index>(tile.image) * height + tile.row + i) * width + tile.column;
    for (int j = 0; j < Size; j++) {
      const bool inside = within(tile.row + i, height) && within(tile.column + j, width);
      pixels[i * Size + j] = inside ? x + (line + j) * channels : outside;
    }
  }
}

/**
 * Transforms the inputs below one tile, Bᵀ x B, for the channels [from,to).
 *
 * @param zeros inChannels of them
 * @param points where the first product of channel `from` goes; the next WIDTH channels are `channelStep` floats further,
 *   the next product pointStep
 */
FBSD_INLINE void transformInput(const Convolution& g, const float* x, int tile, int from, int to,
                                const float* zeros, float* points, Index channelStep, Index pointStep) {
  const float* pixels[PRODUCTS];
  Tile t = tileAt(g, tile);
  t.row += g.top;
  t.column += g.left;
  pixelsOf<POINTS>(x, g.inHeight, g.inWidth, g.inChannels, t, zeros, pixels);
  for (int c = from; c < to; c += WIDTH) {
    Vector values[PRODUCTS], transformed[PRODUCTS];
#pragma GCC unroll 36
    for (int p = 0; p < PRODUCTS; p++) values[p] = loadVector(pixels[p] + c);
    transformSquare<POINTS, POINTS, inputLine>(values, transformed);
#pragma GCC unroll 36
    for (int p = 0; p < PRODUCTS; p++) storeVector(points + p * pointStep, transformed[p]);
    points += channelStep;
  }
}

/** Transforms the products of one tile to its outputs, Aᵀ m A + bias, for the channels [o,o + WIDTH). */
FBSD_INLINE void transformProducts(const Convolution& g, const float* products, Index pointStep,
                                   const float* bias, float* y, int tile, int o) {
  Vector values[PRODUCTS], outputs[TILE * TILE];
#pragma GCC unroll 36
  for (int p = 0; p < PRODUCTS; p++) values[p] = loadVector(products + p * pointStep);
  Vector half[TILE * POINTS];
#pragma GCC unroll 6
  for (int j = 0; j < POINTS; j++) outputLine(values + j, POINTS, half + j, POINTS);
#pragma GCC unroll 4
  for (int i = 0; i < TILE; i++) outputLine(half + i * POINTS, 1, outputs + i * TILE, 1);
  const Tile t = tileAt(g, tile);
  const Vector shift = bias ? loadVector(bias + o) : Vector{};
  const int rows = smaller(TILE, g.rows - t.row);
  const int columns = smaller(TILE, g.columns - t.column);
  for (int i = 0; i < rows; i++) {
    const Index line = (static_cast<Index>(t.image) * g.rows + t.row + i) * g.columns + t.column;
    for (int j = 0; j < columns; j++) {
      storeVector(y + (line + j) * g.outChannels + o, outputs[i * TILE + j] + shift);
    }
  }
}

/**
 * Transforms the output gradients of one tile, A dy Aᵀ, for the channels [from,to).
 *
 * @param zeros outChannels of them
 * @param points where the first product of channel `from` goes; the next WIDTH channels are channelStep floats further,
 *   the next product pointStep
 */
FBSD_INLINE void transformOutputGradient(const Convolution& g, const float* dy, int tile, int from, int to,
                                         const float* zeros, float* points, Index channelStep,
                                         Index pointStep) {
  const float* pixels[TILE * TILE];
  pixelsOf<TILE>(dy, g.rows, g.columns, g.outChannels, tileAt(g, tile), zeros, pixels);
  for (int o = from; o < to; o += WIDTH) {
    Vector values[TILE * TILE], transformed[PRODUCTS];
#pragma GCC unroll 16
    for (int p = 0; p < TILE * TILE; p++) values[p] = loadVector(pixels[p] + o);
    transformSquare<TILE, POINTS, outputGradientLine>(values, transformed);
#pragma GCC unroll 36
    for (int p = 0; p < PRODUCTS; p++) storeVector(points + p * pointStep, transformed[p]);
    points += channelStep;
  }
}

}  // namespace
