#pragma once
#include "factors.h"

namespace {

/*
 * The micro-kernel of every convolution and matrix product: c[i,j] = addend[i,j] + Σ_k a[i,k]·b[k,j], for up to ROWS rows
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

/** What products are added to: rows `stride` floats apart, as many columns as whole panels have; zeros if null. */
struct Addend {
  const float* values;
  Index stride;
};

constexpr Addend NO_ADDEND = {nullptr, 0};

/**
 * What a tile fetches for the next columns of the same rows, or null: their panels lie in a cache that all threads share,
 * unlike the rows. The last tile of these columns does it, or the last two where a panel is as wide as a cache line.
 *
 * @param tilesLeft of these columns, this one among them
 * @param panelsLeft of the matrix, this one among them
 */
FBSD_INLINE const float* panelAhead(const Right& panel, int tilesLeft, int panelsLeft) {
  const int next = PANELS + (parts(PANELS * COLUMNS, CACHE_LINE) - tilesLeft) * CACHE_LINE / COLUMNS;
  return next >= PANELS && next < panelsLeft ? panel.values + next * panel.next : nullptr;
}

/** A tile's sums, where they cannot grow in the result itself. */
struct Sums {
  static constexpr int STRIDE = PANELS * COLUMNS;
  float values[ROWS * STRIDE];

  float* row(int i) {
    return values + i * STRIDE;
  }
};

/** A bias as an addend: the same values for every row. */
class Bias {
 public:
  /** Of the columns [j,j + count) of a bias, or null. */
  FBSD_INLINE Addend at(const float* bias, int j, int count) {
    if (!bias) return NO_ADDEND;
    if (count % COLUMNS == 0) return {bias + j, 0};
    copyFloats(padded, bias + j, count);
    return {padded, 0};
  }

 private:
  float padded[PANELS * COLUMNS] = {};
};

}  // namespace

#ifdef FBSD_AMX
#include "tile-products.h"
#else
#include "vector-products.h"
#endif
