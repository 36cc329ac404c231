#pragma once
#include "micro-kernel.h"

namespace {

/**
 * As many multiplications and additions as the micro-kernel makes for so many lanes of a tile, in registers alone: how
 * fast it could be at best, which benchmarks compare with.
 *
 * @param values two lanes, the first smaller than 1, and what becomes of them: 1 + WIDTH floats
 */
void multiplyInRegisters(float* values, int depth) {
  constexpr int SUMS = ROWS * PANELS;
  const float lane = values[0];
  const Vector lanes = splat(values[1]);
  Vector sums[SUMS];
#pragma GCC unroll 32
  for (int i = 0; i < SUMS; i++) sums[i] = splat(static_cast<float>(i));
  for (int k = 0; k < depth; k++) {
#pragma GCC unroll 32
    for (int i = 0; i < SUMS; i++) {
      // A product that stays the same would be computed once.
      sums[i] = PER_LANE == 1 ? sums[i] * lane + lanes : addProducts(sums[i], lane, lanes);
    }
  }
  Vector all = {};
#pragma GCC unroll 32
  for (int i = 0; i < SUMS; i++) all += sums[i];
  storeVector(values + 1, all);
}

}  // namespace
