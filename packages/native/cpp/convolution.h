#pragma once
#include "block-inputs.h"
#include "pack.h"

namespace {

/** The panels [first,last) of weights [depth,outChannels]; depth = kernelHeight·kernelWidth·inChannels. */
void packFilter(const float* filter, int depth, int outChannels, float* panels, int first, int last) {
  const Index next = panelFloats(depth, COLUMNS);
  const int j = first * COLUMNS;
  packRowPanels(filter + j, outChannels, depth, smaller(last * COLUMNS, outChannels) - j, panels + first * next, next);
}

/**
 * The panels [first,last) of the weights of an input gradient: of the filter [·,kernelWidth,inChannels,outChannels]
 * the taps (row + q·rowStep, column + r·columnStep), in reversed order, transposed: [rows·columns·outChannels,inChannels].
 */
void packFlippedFilter(const float* filter, int kernelWidth, int inChannels, int outChannels, int row,
                       int column, int rowStep, int columnStep, int rows, int columns, float* panels,
                       int first, int last) {
  const int taps = rows * columns;
  for (int p = first; p < last; p++) {
    const int j = p * COLUMNS;
    float* panel = panels + p * panelFloats(taps * outChannels, COLUMNS);
    const auto weightsOf = [&](int t) {
      const int q = rows - 1 - t / columns, r = columns - 1 - t % columns;
      const int tap = (row + q * rowStep) * kernelWidth + column + r * columnStep;
      return filter + (static_cast<Index>(tap) * inChannels + j) * outChannels;
    };
    if (outChannels % STEP == 0) {
      for (int t = 0; t < taps; t++) {
        packColumnPanel(weightsOf(t), outChannels, outChannels, inChannels - j, panel);
        panel += panelFloats(outChannels, COLUMNS);
      }
      continue;
    }
    for (int k = 0; k < wholeSteps(taps * outChannels); k += PER_LANE) {  // lanes reach from one tap to the next
      storeVector(panel, lanesFrom([&](int i) {
        const int t = (k + i) / outChannels;
        return t < taps ? gatherRow(weightsOf(t), outChannels, inChannels - j, (k + i) % outChannels) : Vector{};
      }));
      panel += COLUMNS;
    }
  }
}

/** The positions of a block, and its inputs. */
double convolveScratchBytes(int kernelHeight, int kernelWidth, int inChannels) {
  return POSITIONS * sizeof(Position) + BlockInputs::scratchBytes(kernelHeight, kernelWidth, inChannels);
}

/** Adds the residual to outputs, if there is one, and makes negative ones 0, if that is asked for. */
FBSD_INLINE void finish(const Convolution& g, float* values, const float* residual, int count) {
  for (int i = 0; g.residual && i < count; i++) values[i] += residual[i];
  for (int i = 0; g.relu && i < count; i++) values[i] = values[i] < 0 ? 0 : values[i];  // this order lets NaN through
}

/** Whether the outputs of neighbouring positions lie side by side: not so where an input gradient leaves gaps. */
FBSD_INLINE bool hasDenseOutput(const Convolution& g) {
  return g.outHeight == g.rows && g.outWidth == g.columns && g.outRowStep == 1 && g.outColumnStep == 1;
}

/**
 * The outputs of a block of positions grow by the values from k on below each that inputs has taken.
 *
 * @param complete whether these are the last
 */
FBSD_INLINE void growOutputs(const Convolution& g, const BlockInputs& inputs, const Position* positions, int count,
                             const float* weights, const float* bias, float* y, int k, bool complete) {
  const Index panelSize = panelFloats(valuesBelow(g), COLUMNS);
  const Index fetchedOfRow = static_cast<Index>(g.kernelWidth) * g.inChannels * CACHE_LINE;
  const bool dense = hasDenseOutput(g);
  const bool finished = complete && (g.relu || g.residual);
  const bool untouched = panelSize == 0;  // an input gradient of pixels that the stride passes over
  for (int j = 0; j < g.outChannels; j += PANELS * COLUMNS) {
    const int columns = smaller(PANELS * COLUMNS, g.outChannels - j);
    const int panels = parts(columns, COLUMNS);
    const Right panel = {weights + j / COLUMNS * panelSize + panelFloats(k, COLUMNS), panelSize};
    const bool inPlace = dense && columns == panels * COLUMNS;
    Bias ofColumns;
    const Addend first = ofColumns.at(bias, j, columns);
    for (int q = 0; q < count; q += ROWS) {
      const int rows = smaller(ROWS, count - q);
      Sums own;
      const Target sums = inPlace ? Target{y + positions[q].output + j, g.outChannels}
                                  : Target{own.values, Sums::STRIDE};
      for (int i = 0; untouched && i < rows; i++) fillZero(sums.values + i * sums.stride, columns);
      for (int i = 0; k > 0 && !inPlace && i < rows; i++) {
        copyFloats(own.row(i), y + positions[q + i].output + j, columns);
      }
      const Addend addend = k > 0 ? Addend{sums.values, sums.stride} : first;
      const float* nextPanel = panelAhead(panel, parts(count - q, ROWS), parts(g.outChannels - j, COLUMNS));
      const Ahead nextTile = j == 0 ? inputs.next(q) : Ahead{};
      const Ahead ahead = nextTile.values ? nextTile : Ahead{nextPanel, fetchedOfRow};
      inputs.multiply(q, rows, panel, panels, addend, sums, ahead);
      for (int i = 0; finished && i < rows; i++) {
        finish(g, sums.values + i * sums.stride, y + positions[q + i].output + j + g.residual, columns);
      }
      for (int i = 0; !inPlace && i < rows; i++) {
        copyFloats(y + positions[q + i].output + j, own.row(i), columns);
      }
    }
  }
}

/**
 * Convolves the positions [first,last) of all images: y = [relu](x ∗ weights + bias [+ residual]).
 *
 * @param weights panels of packFilter or packFlippedFilter
 * @param bias [outChannels], or null
 * @param scratch convolveScratchBytes
 */
void convolve(const Convolution* geometry, const float* x, const float* weights, const float* bias, float* y,
              int first, int last, float* scratch) {
  const Convolution g = *geometry;
  Position* positions = reinterpret_cast<Position*>(scratch);
  BlockInputs inputs(g, x, reinterpret_cast<char*>(positions + POSITIONS));
  const int inner = valuesBelow(g);
  const int most = larger(1, inputs.depthAtOnce());
  for (int m = first; m < last; m += POSITIONS) {
    const int count = smaller(POSITIONS, last - m);
    locate(g, m, count, positions);
    int k = 0;
    // Once where there is nothing to multiply, too.
    do {
      const int depth = smaller(most, inner - k);
      inputs.take(positions, count, k, depth);
      growOutputs(g, inputs, positions, count, weights, bias, y, k, k + depth == inner);
      k += most;
    } while (k < inner);
  }
}

}  // namespace
