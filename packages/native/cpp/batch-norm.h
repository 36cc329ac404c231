#pragma once
#include "sums.h"

namespace {

/** y = [relu](scale·x + shift [+ residual]) for the rows [first,last); residual is of x's shape, or null. */
void normalize(const float* x, const float* scale, const float* shift, const float* residual, float* y,
               int channels, bool relu, int first, int last) {
  const float floor = relu ? 0 : -__builtin_inff();
  for (int r = first; r < last; r++) {
    const Index row = static_cast<Index>(r) * channels;
    forEachColumn(channels, [=](auto type, int c) {
      auto v = valueAt(type, x, row + c) * valueAt(type, scale, c) + valueAt(type, shift, c);
      if (residual) v += valueAt(type, residual, row + c);
      const decltype(type) floors = decltype(type){} + floor;
      put(y + row + c, v < floors ? floors : v);  // this order lets NaN through
    });
  }
}

/** dy where y is not 0 or less, else 0; dy everywhere if there is no y. */
template <class Type>
FBSD_INLINE Type masked(Type type, const float* dy, const float* y, Index i) {
  const Type g = valueAt(type, dy, i);
  return y ? (valueAt(type, y, i) <= Type{} ? Type{} : g) : g;
}

/*
 * The sums here go through a block of rows column by column, so that CPUs do not see which lines come next: those of the
 * next block are fetched in the same order.
 */

/**
 * The two sums of the gradient, for the rows [first,last): Σ g and Σ g·(x − mean), where g is dy behind the ReLU's mask.
 *
 * @param y the output of a ReLU, or null
 */
void batchNormGradientSums(const float* dy, const float* x, const float* y, const float* mean, int channels,
                           int first, int last, float* sums, float* products) {
  fillZero(sums, channels);
  fillZero(products, channels);
  const int block = rowsPerBlock(channels);
  const Index next = static_cast<Index>(block) * channels;
  for (int start = first; start < last; start += block) {
    const int end = smaller(start + block, last);
    forEachColumn(channels, [=](auto type, int c) {
      const auto m = valueAt(type, mean, c);
      decltype(type) s[2] = {}, t[2] = {};
      for (int r = start; r < end; r++) {
        const Index i = static_cast<Index>(r) * channels + c;
        __builtin_prefetch(dy + i + next);
        __builtin_prefetch(x + i + next);
        if (y) __builtin_prefetch(y + i + next);
        const auto g = masked(type, dy, y, i);
        s[r & 1] += g;
        t[r & 1] += g * (valueAt(type, x, i) - m);
      }
      put(sums + c, valueAt(type, sums, c) + (s[0] + s[1]));
      put(products + c, valueAt(type, products, c) + (t[0] + t[1]));
    });
  }
}

/**
 * dx = k·g + b·x + d for the rows [first,last), with k, b, d per channel; and dresidual = g.
 *
 * @param y the output of a ReLU, or null
 * @param dresidual of x's shape, or null
 */
void batchNormGradient(const float* dy, const float* x, const float* y, const float* k, const float* b,
                       const float* d, float* dx, float* dresidual, int channels, int first, int last) {
  for (int r = first; r < last; r++) {
    const Index row = static_cast<Index>(r) * channels;
    forEachColumn(channels, [=](auto type, int c) {
      const auto g = masked(type, dy, y, row + c);
      const auto linear = valueAt(type, x, row + c) * valueAt(type, b, c) + valueAt(type, d, c);
      put(dx + row + c, g * valueAt(type, k, c) + linear);
      if (dresidual) put(dresidual + row + c, g);
    });
  }
}

/** Mean and squares of a block. */
double momentsScratchBytes(int channels) {
  return 8.0 * channels;
}

/**
 * Mean and sum of squared deviations from it, for each channel of the rows [first,last) of x [·,channels].
 *
 * One pass over memory: a block of rows gives its own mean and, while it is in the cache, the deviations from that;
 * blocks are merged by the formula of Chan, Golub and LeVeque (1979). So nothing cancels where the mean is large.
 *
 * @param scratch momentsScratchBytes
 */
void moments(const float* x, int channels, int first, int last, float* mean, float* deviations,
             float* scratch) {
  float* blockMean = scratch;
  float* squares = scratch + channels;
  const int block = rowsPerBlock(channels);
  const Index next = static_cast<Index>(block) * channels;
  fillZero(mean, channels);
  fillZero(deviations, channels);
  for (int start = first; start < last; start += block) {
    const int rows = smaller(block, last - start);
    const float* base = x + static_cast<Index>(start) * channels;
    fillZero(blockMean, channels);
    addColumns(base, channels, rows, blockMean);
    for (int c = 0; c < channels; c++) blockMean[c] /= static_cast<float>(rows);
    forEachColumn(channels, [=](auto type, int c) {
      const auto m = valueAt(type, blockMean, c);
      decltype(type) sums[2] = {};
      for (int r = 0; r < rows; r++) {
        const Index i = static_cast<Index>(r) * channels + c;
        __builtin_prefetch(base + i + next);
        const auto deviation = valueAt(type, base, i) - m;
        sums[r & 1] += deviation * deviation;
      }
      put(squares + c, sums[0] + sums[1]);
    });
    const float n = static_cast<float>(start - first);
    const float weight = static_cast<float>(rows) / (n + static_cast<float>(rows));
    for (int c = 0; c < channels; c++) {
      const float delta = blockMean[c] - mean[c];
      mean[c] += delta * weight;
      deviations[c] += squares[c] + delta * delta * n * weight;
    }
  }
}

}  // namespace
