#pragma once
#include "micro-kernel.h"
#include "positions.h"

namespace {

/** Positions that share a panel of weights while it is in the cache. */
constexpr int POSITIONS = 8 * ROWS;
/** Tiles of such a block. */
constexpr int POSITION_TILES = POSITIONS / ROWS;

/** Where the sums of a tile grow. */
struct Target {
  float* values;
  Index stride;
};

/** What is fetched while a tile is multiplied, unless null: for the next row of taps what lies `step` floats further. */
struct Ahead {
  const float* values = nullptr;
  Index step = 0;
};

#ifndef FBSD_BF16

/** What a tile of positions reads below one row of taps. */
struct TapRow {
  SeparateRows rows;
  /** Whether the taps lie side by side for all positions, which is so away from the borders. */
  bool whole;
};

/** The inputs of a block of positions, read where they are: without im2col. */
class BlockInputs {
 public:
  /** What each tile reads, and zeros for the taps of a row that are off the image. */
  static double scratchBytes(int kernelHeight, int kernelWidth, int inChannels) {
    return 1.0 * POSITION_TILES * kernelHeight * sizeof(TapRow) + 4.0 * kernelWidth * inChannels;
  }

  BlockInputs(const Convolution& geometry, const float* inputs, char* scratch)
      : g(geometry), x(inputs), tapRows(reinterpret_cast<TapRow*>(scratch)),
        zeros(reinterpret_cast<float*>(tapRows + POSITION_TILES * g.kernelHeight)) {
    fillZero(zeros, static_cast<Index>(g.kernelWidth) * g.inChannels);
  }

  /** How many values below each position take() finds at a time: all. */
  int depthAtOnce() const {
    return valuesBelow(g);
  }

  /** Finds out, once for all output channels, what each tile reads below each row of taps. */
  void take(const Position* positions, int count, int, int) {
    block = positions;
    for (int q = 0; q < count; q += ROWS) findTapRows(q, smaller(ROWS, count - q));
  }

  /** The inputs of the tile behind the one from q on, most likely. */
  FBSD_INLINE Ahead next(int q) const {
    const Index columns = static_cast<Index>(g.pixelStep) * g.strideWidth * ROWS;
    return {x + block[q].input + columns, static_cast<Index>(g.pixelStep) * g.inWidth * g.dilationHeight};
  }

  /** to = addend + the products of the tile of `count` positions from q on. */
  FBSD_INLINE void multiply(int q, int count, Right panel, int panels, Addend addend, Target to, Ahead ahead) const {
    const TapRow* ofTile = tapRows + q / ROWS * g.kernelHeight;
    for (int a = 0; a < g.kernelHeight; a++) {
      if (ofTile[a].whole) {
        const int depth = g.kernelWidth * g.inChannels;
        const float* fetched = ahead.values ? ahead.values + a * ahead.step : nullptr;
        multiplyAdd(ofTile[a].rows, count, panel, panels, depth, addend, to.values, to.stride, fetched);
        panel.values += static_cast<Index>(depth) * COLUMNS;
        addend = {to.values, to.stride};
        continue;
      }
      for (int b = 0; b < g.kernelWidth; b++) {
        SeparateRows rows;
        for (int i = 0; i < count; i++) rows.row[i] = inputPixel(g, x, block[q + i], a, b, zeros);
        multiplyAdd(rows, count, panel, panels, g.inChannels, addend, to.values, to.stride);
        panel.values += static_cast<Index>(g.inChannels) * COLUMNS;
        addend = {to.values, to.stride};
      }
    }
  }

 private:
  FBSD_INLINE void findTapRows(int q, int count) {
    for (int a = 0; a < g.kernelHeight; a++) {
      TapRow& row = tapRows[q / ROWS * g.kernelHeight + a];
      row.whole = true;
      for (int i = 0; i < count; i++) {
        row.rows.row[i] = inputRow(g, x, block[q + i], a, zeros);
        row.whole = row.whole && row.rows.row[i];
      }
    }
  }

  const Convolution& g;
  const float* x;
  TapRow* tapRows;
  float* zeros;
  const Position* block = nullptr;
};

#else

/** Of the values below all taps of a position so many are packed at a time: a block stays in the core's own cache. */
constexpr int INPUT_DEPTH = 1152 * PER_LANE;

/** The inputs of a block of positions, rounded: what is below the taps of a position, side by side. */
class BlockInputs {
 public:
  /** The rounded rows of a block. */
  static double scratchBytes(int kernelHeight, int kernelWidth, int inChannels) {
    return 4.0 * POSITIONS * lanesOf(smaller(kernelHeight * kernelWidth * inChannels, INPUT_DEPTH));
  }

  BlockInputs(const Convolution& geometry, const float* inputs, char* scratch)
      : g(geometry), x(inputs), rows(reinterpret_cast<float*>(scratch)) {}

  /** How many values below each position take() rounds at a time. */
  int depthAtOnce() const {
    return equalParts(valuesBelow(g), INPUT_DEPTH);
  }

  /** Rounds values [begin,begin + depth) below each position, once for all output channels. */
  FBSD_APART void take(const Position* positions, int count, int begin, int depth) {
    lanes = lanesOf(depth);
    if (depth == 0) return;
    const int width = g.kernelWidth * g.inChannels;
    const Range rowsOfTaps = {begin / width, parts(begin + depth, width)};
    for (int i = 0; i < count; i++) {
      Factor* row = reinterpret_cast<Factor*>(rows + static_cast<Index>(i) * lanes);
      for (int a = rowsOfTaps.from; a < rowsOfTaps.to; a++) {
        const Range own = itemsOf(a, width, begin, begin + depth);
        Factor* to = row + (a * width - begin);
        const float* whole = inputRow(g, x, positions[i], a, nullptr);
        if (whole) {
          storeRow(to + own.from, whole + own.from, own.to - own.from);
          continue;
        }
        for (int b = own.from / g.inChannels; b * g.inChannels < own.to; b++) {
          const Range channels = itemsOf(b, g.inChannels, own.from, own.to);
          const int some = channels.to - channels.from;
          Factor* place = to + b * g.inChannels + channels.from;
          const float* pixel = inputPixel(g, x, positions[i], a, b, nullptr);
          if (pixel) storeRow(place, pixel + channels.from, some);
          else memset(place, 0, static_cast<size_t>(some) * sizeof(Factor));
        }
      }
      fillRow(row, depth);
    }
  }

  /** Nothing: the block is packed already. */
  FBSD_INLINE Ahead next(int) const {
    return {};
  }

  /** to = addend + the products of the tile of `count` positions from q on. */
  FBSD_INLINE void multiply(int q, int count, Right panel, int panels, Addend addend, Target to, Ahead ahead) const {
    const auto tile = rowsAt(rows + static_cast<Index>(q) * lanes, lanes, count);
    multiplyAdd(tile, count, panel, panels, lanes, addend, to.values, to.stride, ahead.values);
  }

 private:
  const Convolution& g;
  const float* x;
  float* rows;
  int lanes = 0;
};

#endif

}  // namespace
