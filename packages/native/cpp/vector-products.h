#pragma once

/* Part of micro-kernel.h. */

namespace {

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

/** Up to ROWS rows with their lanes side by side, `stride` floats apart. */
FBSD_INLINE SeparateRows rowsAt(const float* first, Index stride, int count) {
  SeparateRows rows;
  for (int i = 0; i < count; i++) rows.row[i] = first + i * stride;
  return rows;
}

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

/** @param ahead if Fetched, what is read next: a cache line for each lane is fetched meanwhile */
template <int Rows, int Panels, bool Fetched, class Left>
void multiplyTile(const Left& left, const Right& right, int depth, Addend addend, float* c, Index cStride,
                  const float* ahead) {
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
      sums[i][p] = addend.values ? loadVector(addend.values + i * addend.stride + p * WIDTH) : Vector{};
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
    if constexpr (Fetched) {
      __builtin_prefetch(ahead);
      ahead += CACHE_LINE;
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
    for (int p = 0; p < Panels; p++) storeVector(c + i * cStride + p * WIDTH, sums[i][p]);
  }
}

/**
 * c[i,j] = addend[i,j] + Σ_k a[i,k]·b[k,j].
 *
 * @param rows 1 to ROWS
 * @param panels 1 or 2
 * @param depth lanes of the inner dimension
 * @param addend may be c
 * @param c rows `cStride` floats apart, all panels' columns side by side
 * @param ahead what is read next, or null: whole tiles fetch a cache line of it for each lane
 */
template <class Left, int Rows = ROWS>
FBSD_INLINE void multiplyAdd(const Left& a, int rows, const Right& b, int panels, int depth, Addend addend, float* c,
                             Index cStride, const float* ahead = nullptr) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return multiplyAdd<Left, Rows - 1>(a, rows, b, panels, depth, addend, c, cStride);
  }
  if constexpr (Rows == ROWS) {
    if (ahead && panels == PANELS) return multiplyTile<ROWS, PANELS, true>(a, b, depth, addend, c, cStride, ahead);
  }
  if (panels == PANELS) {
    multiplyTile<Rows, PANELS, false>(a, b, depth, addend, c, cStride, nullptr);
  } else {
    multiplyTile<Rows, 1, false>(a, b, depth, addend, c, cStride, nullptr);
  }
}

}  // namespace
