#pragma once
#include "factors.h"

namespace {

/*
 * The micro-kernel of every convolution and matrix product: c[i,j] += Σ_k a[i,k]·b[k,j], for up to ROWS rows
 * and one or two vectors of columns; k counts lanes (factors.h). The sums stay in registers: 12 × 2 of the 32 that AVX-512 has, 6 × 2 of
 * AVX2's 16, 8 × 2 of NEON's 32, which is as many as hide the latency of a fused multiplication and addition, and four of
 * AMX's eight tiles.
 */
#if defined(FBSD_AMX)
constexpr int ROWS = 32;
#elif defined(__AVX512F__)
constexpr int ROWS = 12;
#elif defined(__AVX2__)
constexpr int ROWS = 6;
#else
constexpr int ROWS = 8;
#endif

/** Floats of a cache line. */
constexpr int CACHE_LINE = 16;
/** Columns of a packed panel. */
constexpr int COLUMNS = WIDTH;
/** Panels that the micro-kernel takes at a time. */
constexpr int PANELS = 2;

/** Panels of COLUMNS columns each: a panel begins `next` lanes after the one before. */
struct Right {
  const float* values;
  Index next;
};

/** A tile's sums, where they cannot grow in the result itself. */
struct Sums {
  static constexpr int STRIDE = PANELS * COLUMNS;
  float values[ROWS * STRIDE];

  float* row(int i) {
    return values + i * STRIDE;
  }
};

}  // namespace

#ifdef FBSD_AMX
#include "tile-products.h"
#else
#include "vector-products.h"
#endif
