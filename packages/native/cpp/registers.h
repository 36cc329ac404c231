#pragma once
#include "micro-kernel.h"

namespace {

/**
 * As many fused multiplications and additions as the micro-kernel makes of so many rows of a tile, in registers alone:
 * how fast it could be at best, which benchmarks compare with.
 *
 * @param values a factor, a term, and what becomes of them: 1 + WIDTH floats
 */
void multiplyInRegisters(float* values, int depth) {
  constexpr int SUMS = ROWS * PANELS;
  const Vector factor = splat(values[0]);
  const Vector term = splat(values[1]);
  Vector sums[SUMS];
#pragma GCC unroll 32
  for (int i = 0; i < SUMS; i++) sums[i] = splat(static_cast<float>(i));
  for (int k = 0; k < depth; k++) {
#pragma GCC unroll 32
    for (int i = 0; i < SUMS; i++) sums[i] = sums[i] * factor + term;
  }
  Vector all = {};
#pragma GCC unroll 32
  for (int i = 0; i < SUMS; i++) all += sums[i];
  storeVector(values + 1, all);
}

}  // namespace
