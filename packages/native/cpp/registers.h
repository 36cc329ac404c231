#pragma once
#include "micro-kernel.h"

namespace {

/*
 * multiplyInRegisters: as many multiplications and additions as the micro-kernel makes for so many lanes of a tile, in
 * registers alone: how fast it could be at best, which benchmarks compare with.
 *
 * @param values two lanes, the first smaller than 1, and what becomes of them: 1 + WIDTH floats
 */
#ifdef FBSD_AMX

void multiplyInRegisters(float* values, int depth) {
  // Of varied values: this draws more power than zeros do, and lets the CPU multiply at a lower clock.
  constexpr int TILE = TILE_ROWS * LANES * PER_LANE;
  Factor factors[4 * TILE];
  for (uint32_t i = 0; i < 4 * TILE; i++) {
    factors[i] = static_cast<Factor>((i * 2654435761u >> 16 & 0x80ff) | 0x3f00);  // ±0.5 to ±2
  }
  __asm__ volatile("" ::: "memory");  // GCC does not know that tiles are loaded from memory
  _tile_loadd(4, factors, PANEL_ROW);
  _tile_loadd(5, factors + TILE, PANEL_ROW);
  _tile_loadd(6, factors + 2 * TILE, PANEL_ROW);
  _tile_loadd(7, factors + 3 * TILE, PANEL_ROW);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int k = 0; k < depth; k += LANES) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  float sums[4][TILE_ROWS * COLUMNS];
  _tile_stored(0, sums[0], PANEL_ROW);
  _tile_stored(1, sums[1], PANEL_ROW);
  _tile_stored(2, sums[2], PANEL_ROW);
  _tile_stored(3, sums[3], PANEL_ROW);
  Vector all = {};
  for (int i = 0; i < 4; i++) all += loadVector(sums[i]);
  storeVector(values + 1, all);
}

#else

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

#endif

}  // namespace
