#pragma once

/* Part of micro-kernel.h. */

namespace {

/*
 * The micro-kernel on AMX, whose registers are tiles of 16 rows of 64 bytes: one instruction multiplies 16 × 16 lanes
 * of a with 16 lanes of 16 columns. Tiles are always whole; where there are fewer rows, what lies behind them is
 * multiplied, too, and not stored.
 */

constexpr int TILE_ROWS = 16;
static_assert(ROWS == 2 * TILE_ROWS && COLUMNS == 16 && LANES == 16);
/** From one row to the next of a tile of b, in bytes. */
constexpr int PANEL_ROW = COLUMNS * sizeof(float);

/** While this is there, the thread's eight tile registers are whole tiles. */
class TileRegisters {
 public:
  TileRegisters() {
    _tile_loadconfig(&WHOLE);
  }

  ~TileRegisters() {
    _tile_release();
  }

 private:
  struct alignas(64) Configuration {
    uint8_t palette, startRow, reserved[14];
    uint16_t rowBytes[16];
    uint8_t rows[16];
  };

  static constexpr Configuration WHOLE = {
      1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
};

/** Rows of a with their lanes side by side, `stride` floats apart: as many as whole tiles have, whatever is in the last. */
struct Rows {
  const float* first;
  Index stride;
};

/** Rows with their lanes side by side, `stride` floats apart. */
FBSD_INLINE Rows rowsAt(const float* first, Index stride, int) {
  return {first, stride};
}

/**
 * multiplyAdd for the rows of one or two tiles. Apart, too, because GCC does not know that tiles are loaded from
 * memory: what is written there before must not wait until after the call.
 */
template <int RowTiles, int Panels, bool Fetched = false>
FBSD_APART void multiplyTiles(const Rows& a, const Right& right, int depth, Addend addend, float* c, Index cStride,
                              const float* ahead) {
  const size_t cBytes = static_cast<size_t>(cStride) * sizeof(float);
  const size_t aBytes = static_cast<size_t>(a.stride) * sizeof(float);
  float* lower = c + TILE_ROWS * cStride;
  if (addend.values) {
    const float* from = addend.values;
    const float* lowerFrom = from + TILE_ROWS * addend.stride;
    const size_t bytes = static_cast<size_t>(addend.stride) * sizeof(float);
    _tile_loadd(0, from, bytes);
    if constexpr (Panels == 2) _tile_loadd(1, from + COLUMNS, bytes);
    if constexpr (RowTiles == 2) _tile_loadd(2, lowerFrom, bytes);
    if constexpr (RowTiles == 2 && Panels == 2) _tile_loadd(3, lowerFrom + COLUMNS, bytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  const float* b = right.values;
  const float* upperRows = a.first;
  const float* lowerRows = a.first + TILE_ROWS * a.stride;
  for (int k = 0; k < depth; k += LANES) {
    _tile_loadd(4, upperRows + k, aBytes);
    _tile_loadd(6, b, PANEL_ROW);
    _tile_dpbf16ps(0, 4, 6);
    if constexpr (Panels == 2) {
      _tile_loadd(7, b + right.next, PANEL_ROW);
      _tile_dpbf16ps(1, 4, 7);
    }
    if constexpr (RowTiles == 2) {
      _tile_loadd(5, lowerRows + k, aBytes);
      _tile_dpbf16ps(2, 5, 6);
      if constexpr (Panels == 2) _tile_dpbf16ps(3, 5, 7);
    }
    b += LANES * COLUMNS;
    if constexpr (Fetched) {
#pragma GCC unroll 16
      for (int l = 0; l < LANES; l++) __builtin_prefetch(ahead + l * CACHE_LINE);
      ahead += LANES * CACHE_LINE;
    }
  }
  _tile_stored(0, c, cBytes);
  if constexpr (Panels == 2) _tile_stored(1, c + COLUMNS, cBytes);
  if constexpr (RowTiles == 2) _tile_stored(2, lower, cBytes);
  if constexpr (RowTiles == 2 && Panels == 2) _tile_stored(3, lower + COLUMNS, cBytes);
}

/** The same for one panel or two. */
template <int RowTiles>
FBSD_INLINE void multiplyRowTiles(const Rows& a, const Right& b, int panels, int depth, Addend addend, float* c,
                                  Index cStride) {
  if (panels == PANELS) {
    multiplyTiles<RowTiles, PANELS>(a, b, depth, addend, c, cStride, nullptr);
  } else {
    multiplyTiles<RowTiles, 1>(a, b, depth, addend, c, cStride, nullptr);
  }
}

/**
 * c[i,j] = addend[i,j] + Σ_k a[i,k]·b[k,j].
 *
 * @param rows 1 to ROWS
 * @param panels 1 or 2
 * @param depth lanes of the inner dimension: whole steps
 * @param addend may be c
 * @param c rows `cStride` floats apart, all panels' columns side by side
 * @param ahead what is read next, or null: whole tiles fetch a cache line of it for each lane
 */
FBSD_INLINE void multiplyAdd(const Rows& a, int rows, const Right& b, int panels, int depth, Addend addend, float* c,
                             Index cStride, const float* ahead = nullptr) {
  if (ahead && rows == ROWS && panels == PANELS) {
    return multiplyTiles<2, PANELS, true>(a, b, depth, addend, c, cStride, ahead);
  }
  if (rows == ROWS) return multiplyRowTiles<2>(a, b, panels, depth, addend, c, cStride);
  if (rows == TILE_ROWS) return multiplyRowTiles<1>(a, b, panels, depth, addend, c, cStride);
  Sums sums;
  const int columns = panels * COLUMNS;
  for (int i = 0; addend.values && i < rows; i++) copyFloats(sums.row(i), addend.values + i * addend.stride, columns);
  const Addend own = addend.values ? Addend{sums.values, Sums::STRIDE} : NO_ADDEND;
  if (rows > TILE_ROWS) {
    multiplyRowTiles<2>(a, b, panels, depth, own, sums.values, Sums::STRIDE);
  } else {
    multiplyRowTiles<1>(a, b, panels, depth, own, sums.values, Sums::STRIDE);
  }
  for (int i = 0; i < rows; i++) copyFloats(c + i * cStride, sums.row(i), columns);
}

}  // namespace
