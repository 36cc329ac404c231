#pragma once
#include "vector.h"

namespace {

/** The heap of the WebAssembly module that all tensors are on. */
struct Heap {
  char* base;

  float* floats(int32_t address) const {
    return reinterpret_cast<float*>(base + static_cast<uint32_t>(address));
  }
};

/** A piece of {@link copyPieces}. */
struct Piece {
  int32_t address;
  /** Values of a row. */
  int32_t length;
};

/**
 * whole[r] = [piece₀[r], piece₁[r], …] for the rows r in [first,last) of `length` values, or the reverse if `apart`.
 */
void copyPieces(Heap heap, const Piece* pieces, int count, float* whole, int length, bool apart, int first,
                int last) {
  for (int r = first; r < last; r++) {
    float* place = whole + static_cast<Index>(r) * length;
    for (int p = 0; p < count; p++) {
      float* piece = heap.floats(pieces[p].address) + static_cast<Index>(r) * pieces[p].length;
      copyFloats(apart ? piece : place, apart ? place : piece, pieces[p].length);
      place += pieces[p].length;
    }
  }
}

/**
 * Copies a part of an array of four dimensions: runs of `length` values, step2 values apart in x, for the rows
 * [first,last) of the first two dimensions, size1 of them in each of the first.
 *
 * @param x where the part begins
 */
void slice(const float* x, int step0, int step1, int step2, int size1, int size2, int length, float* y,
           int first, int last) {
  float* to = y + static_cast<Index>(first) * size2 * length;
  for (int r = first; r < last; r++) {
    const float* from = x + static_cast<Index>(r / size1) * step0 + static_cast<Index>(r % size1) * step1;
    for (int k = 0; k < size2; k++) {
      copyFloats(to, from, length);
      from += step2;
      to += length;
    }
  }
}

/**
 * An array of three dimensions with the same value around it: rows [first,last) of the result's first two dimensions,
 * out1 of them in each of the first, of out2 values each.
 *
 * @param before0 how many come before x along the first dimension; before1 and before2 likewise
 */
void pad(const float* x, int size0, int size1, int size2, int before0, int before1, int before2, int out1, int out2,
         int32_t value, float* y, int first, int last) {
  const auto fill = [value](float* to, int count) {
    for (int i = 0; i < count; i++) memcpy(to + i, &value, sizeof value);
  };
  const int behind = before2 + size2;
  float* to = y + static_cast<Index>(first) * out2;
  for (int r = first; r < last; r++, to += out2) {
    const int i = r / out1 - before0, j = r % out1 - before1;
    if (i < 0 || i >= size0 || j < 0 || j >= size1) {
      fill(to, out2);
      continue;
    }
    fill(to, before2);
    copyFloats(to + before2, x + (static_cast<Index>(i) * size1 + j) * size2, size2);
    fill(to + behind, out2 - behind);
  }
}

/** y[i] = x[indices[i]] for the rows i in [first,last) of `length` values. */
void gather(const float* x, const int* indices, int length, float* y, int first, int last) {
  for (int i = first; i < last; i++) {
    copyFloats(y + static_cast<Index>(i) * length, x + static_cast<Index>(indices[i]) * length, length);
  }
}

}  // namespace
