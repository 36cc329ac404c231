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
 * What is fetched while a tile is multiplied, for the next columns of the same rows: their panels lie in a cache that
 * all threads share, unlike the rows. Each of the last tiles of these columns fetches a part, a cache line for each lane.
 *
 * @param left tiles of these columns, this one among them
 * @param panels from this one to the last of the matrix
 * @returns null where nothing is fetched
 */
FBSD_INLINE const float* panelAhead(const Right& panel, int left, int panels) {
  const int place = PANELS + (parts(PANELS * COLUMNS, CACHE_LINE) - left) * CACHE_LINE / COLUMNS;
  return place >= PANELS && place < panels ? panel.values + place * panel.next : nullptr;
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
