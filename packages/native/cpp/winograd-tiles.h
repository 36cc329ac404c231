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
 * @param store takes the channel that a vector begins with, counted from `from`, the product, and the vector
 */
template <class Store>
FBSD_INLINE void transformInput(const Convolution& g, const float* x, int tile, int from, int to,
                                const float* zeros, Store store) {
  const float* pixels[PRODUCTS];
  Tile t = tileAt(g, tile);
  t.row += g.top;
  t.column += g.left;
  pixelsOf<POINTS>(x, g.inHeight, g.inWidth, g.inChannels, t, zeros, pixels);
  for (int c = from; c < to; c += WIDTH) {
    transformSquare<POINTS, POINTS, inputLine>(
        [&](int i, int j) { return loadVector(pixels[i * POINTS + j] + c); },
        [&](int i, int j, Vector v) { store(c - from, i * POINTS + j, v); });
  }
}

/** Transforms the products of one tile to its outputs, [relu](Aᵀ m A + bias [+ residual]), for the channels [o,o + WIDTH). */
FBSD_INLINE void transformProducts(const Convolution& g, const float* products, Index pointStep,
                                   const float* bias, float* y, int tile, int o) {
  const Tile t = tileAt(g, tile);
  const Vector shift = bias ? loadVector(bias + o) : Vector{};
  const Vector floors = Vector{} + (g.relu ? 0 : -__builtin_inff());
  const int rows = smaller(TILE, g.rows - t.row);
  const int columns = smaller(TILE, g.columns - t.column);
  const Index first = (static_cast<Index>(t.image) * g.rows + t.row) * g.columns + t.column;
  float* to = y + first * g.outChannels + o;
  transformSquare<POINTS, TILE, outputLine>(
      [&](int i, int j) { return loadVector(products + (i * POINTS + j) * pointStep); },
      [&](int i, int j, Vector v) {
        if (i >= rows || j >= columns) return;
        float* place = to + (static_cast<Index>(i) * g.columns + j) * g.outChannels;
        const Vector value = v + shift + (g.residual ? loadVector(place + g.residual) : Vector{});
        storeVector(place, value < floors ? floors : value);  // this order lets NaN through
      });
}

/**
 * Transforms the output gradients of one tile, A dy Aᵀ, for the channels [from,to).
 *
 * @param zeros outChannels of them
 * @param store as of transformInput
 */
template <class Store>
FBSD_INLINE void transformOutputGradient(const Convolution& g, const float* dy, int tile, int from, int to,
                                         const float* zeros, Store store) {
  const float* pixels[TILE * TILE];
  pixelsOf<TILE>(dy, g.rows, g.columns, g.outChannels, tileAt(g, tile), zeros, pixels);
  for (int o = from; o < to; o += WIDTH) {
    transformSquare<TILE, POINTS, outputGradientLine>(
        [&](int i, int j) { return loadVector(pixels[i * TILE + j] + o); },
        [&](int i, int j, Vector v) { store(o - from, i * POINTS + j, v); });
  }
}

}  // namespace
