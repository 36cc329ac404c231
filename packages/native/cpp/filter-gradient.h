#pragma once
#include "groups.h"
#include "positions.h"

namespace {

/** Positions that are packed at a time: the depth of the products. */
constexpr int GRADIENT_DEPTH = 384 * PER_LANE;

/** The positions that are packed, and these of x and of dy. */
double filterGradientScratchBytes(int inChannels, int outChannels) {
  const double left = 4.0 * lanesOf(GRADIENT_DEPTH) * parts(inChannels, ROWS) * ROWS;
  return GRADIENT_DEPTH * sizeof(Position) + left + 4.0 * panelFloats(GRADIENT_DEPTH, outChannels);
}

/** The inputs below one tap in groups of channels [from,to), zero where the tap is off the image. */
FBSD_APART void packPixels(const Convolution& g, const float* x, const Position* positions, int depth,
                            int tap, int from, int to, float* left) {
  const float* pixels[GRADIENT_DEPTH];
  for (int k = 0; k < depth; k++) {
    pixels[k] = inputPixel(g, x, positions[k], tap / g.kernelWidth, tap % g.kernelWidth, nullptr);
  }
  for (int k = 0; k < depth; k += PACKED_TOGETHER) {
    const int end = smaller(k + PACKED_TOGETHER, depth);
    for (int group = from; group < to; group++) {
      const int c = group * ROWS;
      const auto at = [&](int p) { return pixels[p] ? pixels[p] + c : nullptr; };
      float* packed = left + (group - from) * groupFloats(depth);
      packGroupOfColumns(at, smaller(ROWS, g.inChannels - c), k, end, lanesOf(depth), packed);
    }
  }
}

/**
 * Adds up dw[a,b,c,o] = Σ x[…,c]·dy[…,o] over all positions, for the items [first,last) of the
 * kernelHeight·kernelWidth taps × ⌈inChannels/ROWS⌉ groups of channels, and the output channels [begin,end).
 *
 * @param dy [positions,outChannels]
 * @param scratch filterGradientScratchBytes
 */
void filterGradient(const Convolution* geometry, const float* x, const float* dy, float* dw, int batch,
                    int first, int last, int begin, int end, float* scratch) {
  const Convolution g = *geometry;
  const int total = batch * g.rows * g.columns;
  const int groups = parts(g.inChannels, ROWS);
  Position* positions = reinterpret_cast<Position*>(scratch);
  float* left = reinterpret_cast<float*>(positions + GRADIENT_DEPTH);
  float* right = left + groups * groupFloats(GRADIENT_DEPTH);
  for (int m = 0; m < total; m += GRADIENT_DEPTH) {
    const int depth = smaller(GRADIENT_DEPTH, total - m);
    const int lanes = lanesOf(depth);
    const Index panelSize = panelFloats(depth, COLUMNS);
    locate(g, m, depth, positions);
    const float* upstream = dy + static_cast<Index>(m) * g.outChannels;
    packRowPanels(upstream + begin, g.outChannels, depth, end - begin, right, panelSize);
    for (int tap = first / groups; tap * groups < last; tap++) {
      const auto [from, to] = itemsOf(tap, groups, first, last);
      packPixels(g, x, positions, depth, tap, from, to, left);
      float* target = dw + static_cast<Index>(tap) * g.inChannels * g.outChannels;
      for (int j = begin; j < end; j += PANELS * COLUMNS) {
        const int columns = smaller(PANELS * COLUMNS, end - j);
        const int panels = parts(columns, COLUMNS);
        const Right panel = {right + (j - begin) / COLUMNS * panelSize, panelSize};
        for (int group = from; group < to; group++) {
          const int c = group * ROWS;
          const int rows = smaller(ROWS, g.inChannels - c);
          const auto a = groupRows(left + (group - from) * groupFloats(depth), lanes);
          float* output = target + static_cast<Index>(c) * g.outChannels + j;
          if (columns == panels * COLUMNS) {
            const Addend addend = {m > 0 ? output : nullptr, g.outChannels};
            multiplyAdd(a, rows, panel, panels, lanes, addend, output, g.outChannels);
            continue;
          }
          Sums sums;
          multiplyAdd(a, rows, panel, panels, lanes, NO_ADDEND, sums.values, Sums::STRIDE);
          for (int i = 0; i < rows; i++) {
            float* row = output + static_cast<Index>(i) * g.outChannels;
            for (int o = 0; o < columns; o++) row[o] = (m > 0 ? row[o] : 0) + sums.row(i)[o];
          }
        }
      }
    }
  }
}

}  // namespace
