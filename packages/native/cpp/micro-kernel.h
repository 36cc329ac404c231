#pragma once
#include "factors.h"

namespace {

/*
 * The micro-kernel of every convolution and matrix product: c[i,j] += Σ_k a[i,k]·b[k,j], for up to ROWS rows
 * and one or two vectors of columns; k counts lanes (factors.h). The sums stay in registers: 12 × 2 of the 32 that AVX-512 has, 6 × 2 of
 * AVX2's 16, 8 × 2 of NEON's 32, which is as many as hide the latency of a fused multiplication and addition.
 */
#if defined(__AVX512F__)
constexpr int ROWS = 12;
#elif defined(__AVX2__)
constexpr int ROWS = 6;
#else
constexpr int ROWS = 8;
#endif

/** Columns of a packed panel. */
constexpr int COLUMNS = WIDTH;
/** Panels that the micro-kernel takes at a time. */
constexpr int PANELS = 2;

/** Panels of COLUMNS columns each: a panel begins `next` lanes after the one before. */
struct Right {
  const float* values;
  Index next;
};

/** Rows of a that lie anywhere, each with its lanes side by side. */
struct SeparateRows {
  const float* row[ROWS];

  FBSD_INLINE float at(int i, Index k) const {
    return row[i][k];
  }

  /** Makes lane k the first one of each row. */
  FBSD_INLINE void moveTo(int rows, Index k) {
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++) row[i] += k;
  }
};

/** Rows of a whose k-th lanes lie side by side, those of the next k `stride` lanes further. */
struct InterleavedRows {
  const float* values;
  Index stride;

  FBSD_INLINE float at(int i, Index k) const {
    return values[k * stride + i];
  }

  FBSD_INLINE void moveTo(int, Index k) {
    values += k * stride;
  }
};

template <int Rows, int Panels, class Left>
void multiplyTile(const Left& left, const Right& right, int depth, float* c, Index cStride, bool add) {
  // Counting up to 0 takes no register for the depth.
  Left a = left;
  a.moveTo(Rows, depth);
  const float* b = right.values;
  const Index next = right.next;
  Vector sums[Rows][Panels];
#pragma GCC unroll 16
  for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
    for (int p = 0; p < Panels; p++) {
      sums[i][p] = add ? loadVector(c + i * cStride + p * WIDTH) : Vector{};
    }
  }
  for (Index k = -static_cast<Index>(depth); k != 0; k++) {
    Vector columns[Panels];
#pragma GCC unroll 2
    for (int p = 0; p < Panels; p++) columns[p] = loadVector(b + p * next);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; i++) {
      const float value = a.at(i, k);
#pragma GCC unroll 2
      for (int p = 0; p < Panels; p++) sums[i][p] = addProducts(sums[i][p], value, columns[p]);
    }
    b += COLUMNS;
  }
#pragma GCC unroll 16
  for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
    for (int p = 0; p < Panels; p++) storeVector(c + i * cStride + p * WIDTH, sums[i][p]);
  }
}

/**
 * c[i,j] = [c[i,j] +] Σ_k a[i,k]·b[k,j].
 *
 * @param rows 1 to ROWS
 * @param panels 1 or 2
 * @param depth lanes of the inner dimension
 * @param c rows `cStride` floats apart, all panels' columns side by side
 */
template <class Left, int Rows = ROWS>
FBSD_INLINE void multiplyAdd(const Left& a, int rows, const Right& b, int panels, int depth, float* c,
                             Index cStride, bool add) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return multiplyAdd<Left, Rows - 1>(a, rows, b, panels, depth, c, cStride, add);
  }
  if (panels == PANELS) {
    multiplyTile<Rows, PANELS>(a, b, depth, c, cStride, add);
  } else {
    multiplyTile<Rows, 1>(a, b, depth, c, cStride, add);
  }
}

/** Packs the lanes of up to ROWS rows whose values k of the inner dimension lie side by side at from[k]; null is zero. */
FBSD_INLINE void packGroup(float* to, const float* const (&from)[PER_LANE], int count) {
  if constexpr (PER_LANE == 1) {
    if (!from[0]) fillZero(to, ROWS);
    else if (count == ROWS) copyFloats(to, from[0], ROWS);  // as is usual: in a few instructions
    else copyFloats(to, from[0], count);
  } else {
    const Vector lanes = lanesFrom([&](int k) {
      if (!from[k]) return Vector{};
      return count == ROWS ? loadSome(from[k], ROWS) : loadSome(from[k], count);
    });
    storeSome(to, lanes, ROWS);
  }
}

/** A tile's sums, where they cannot grow in the result itself. */
struct Sums {
  static constexpr int STRIDE = PANELS * COLUMNS;
  float values[ROWS * STRIDE];

  float* row(int i) {
    return values + i * STRIDE;
  }
};

}  // namespace
