#pragma once
#include "vector.h"

namespace {

/** Values that are added as float32; their sum is added as float64. */
constexpr int SUM_BLOCK = 512;

/** The sum of `length` values f(type, i): of vectors at i, then of single values. */
template <class Values>
FBSD_INLINE float sumOf(int length, Values f) {
  int i = 0;
  // Four sums at a time hide the latency of the additions.
  Vector sums[4] = {};
  for (; i + 4 * WIDTH <= length; i += 4 * WIDTH) {
#pragma GCC unroll 4
    for (int s = 0; s < 4; s++) sums[s] += f(Vector{}, i + s * WIDTH);
  }
  for (; i + WIDTH <= length; i += WIDTH) sums[0] += f(Vector{}, i);
  float sum = total((sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (; i < length; i++) sum += f(0.0f, i);
  return sum;
}

FBSD_INLINE Vector valueAt(Vector, const float* x, Index i) {
  return loadVector(x + i);
}

FBSD_INLINE float valueAt(float, const float* x, Index i) {
  return x[i];
}

/** sums[r] = Σ x[r,i] over i, for x [·,length] and r in [first,last). */
void rowSums(const float* x, int length, int first, int last, float* sums) {
  for (int r = first; r < last; r++) {
    const float* row = x + static_cast<Index>(r) * length;
    double total = 0;
    for (int i = 0; i < length; i += SUM_BLOCK) {
      const float* block = row + i;
      total += sumOf(smaller(SUM_BLOCK, length - i), [=](auto type, int k) { return valueAt(type, block, k); });
    }
    sums[r] = static_cast<float>(total);
  }
}

/** Σ x_i·y_i */
FBSD_INLINE float dot(const float* x, const float* y, int length) {
  return sumOf(length, [=](auto type, int i) { return valueAt(type, x, i) * valueAt(type, y, i); });
}

/** products[r] = Σ x[r,i]·y[r,i] over i, for x and y [·,length] and r in [first,last). */
void rowProducts(const float* x, const float* y, int length, float* products, int first, int last) {
  for (int r = first; r < last; r++) {
    const Index row = static_cast<Index>(r) * length;
    products[r] = dot(x + row, y + row, length);
  }
}

/** Rows whose sums are taken together, so that they stay in the cache and errors stay small. */
FBSD_INLINE int rowsPerBlock(int channels) {
  return larger(4, (4096 / channels) & ~3);
}

/**
 * Goes through the columns of matrices: calls f(type, c) for each vector of columns, then for each single one.
 */
template <class Columns>
FBSD_INLINE void forEachColumn(int channels, Columns f) {
  int c = 0;
  for (; c + WIDTH <= channels; c += WIDTH) f(Vector{}, c);
  for (; c < channels; c++) f(0.0f, c);
}

FBSD_INLINE void put(float* to, Vector v) {
  storeVector(to, v);
}

FBSD_INLINE void put(float* to, float v) {
  *to = v;
}

/** sums[c] += Σ x[r,c] over `rows` rows. */
FBSD_INLINE void addColumns(const float* x, int channels, int rows, float* sums) {
  forEachColumn(channels, [=](auto type, int c) {
    decltype(type) sum[4] = {};
    const float* p = x + c;
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
#pragma GCC unroll 4
      for (int s = 0; s < 4; s++) sum[s] += valueAt(type, p, static_cast<Index>(s) * channels);
      p += 4 * static_cast<Index>(channels);
    }
    for (; r < rows; r++, p += channels) sum[0] += valueAt(type, p, 0);
    put(sums + c, valueAt(type, sums, c) + ((sum[0] + sum[1]) + (sum[2] + sum[3])));
  });
}

/** Blocks whose sums are added as float32; their sum is added as float64. */
constexpr int SUM_BLOCKS = 64;

/** Sums of one matrix as float64. */
double columnSumsScratchBytes(int channels) {
  return 8.0 * channels;
}

/**
 * sums[o,c] = Σ x[o,r,c] over r, for x [·,rows,channels] and o in [first,last).
 *
 * @param totals columnSumsScratchBytes
 */
void columnSums(const float* x, int channels, int rows, int first, int last, float* sums, double* totals) {
  const int block = rowsPerBlock(channels);
  const int group = SUM_BLOCKS * block;
  for (int o = first; o < last; o++) {
    const float* matrix = x + static_cast<Index>(o) * rows * channels;
    float* target = sums + static_cast<Index>(o) * channels;
    for (int c = 0; c < channels; c++) totals[c] = 0;
    for (int start = 0; start < rows; start += group) {
      const int end = smaller(start + group, rows);
      fillZero(target, channels);
      for (int r = start; r < end; r += block) {
        addColumns(matrix + static_cast<Index>(r) * channels, channels, smaller(block, end - r), target);
      }
      for (int c = 0; c < channels; c++) totals[c] += target[c];
    }
    for (int c = 0; c < channels; c++) target[c] = static_cast<float>(totals[c]);
  }
}

}  // namespace
