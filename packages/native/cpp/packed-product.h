#pragma once
#include "groups.h"

namespace {

/*
 * Products of large matrices. The right one is packed beforehand, whole and once for all threads; the left one as it is
 * needed, a few rows at a time that stay in the core's own cache. The micro-kernel then goes through as much of the
 * inner dimension as it can, so that sums seldom leave its registers.
 */

/** How much of the inner dimension is multiplied at a time, at most. */
constexpr int PACKED_DEPTH = 1024 * PER_LANE;
/** About how many rows of a are packed at a time, and share a panel of b. */
constexpr int PACKED_ROWS = 96;
/** At most so many, so that a few more than PACKED_ROWS do not go through all of b for themselves: whole groups. */
constexpr int MOST_PACKED_ROWS = (PACKED_ROWS * 3 / 2 + ROWS - 1) / ROWS * ROWS;
static_assert(PACKED_ROWS % ROWS == 0);

/** Packed rows of a, and their sums where they are to be added to others. */
double multiplyPackedScratchBytes(int columns, int inner, bool added) {
  const double sums = added ? columns : 0;
  return 4 * MOST_PACKED_ROWS * (lanesOf(smaller(inner, PACKED_DEPTH)) + sums);
}

/**
 * Packs the panels [first,last) of the batch × ⌈columns/COLUMNS⌉ of matrices b for multiplyPacked.
 *
 * @param b [batch,inner,columns], or [batch,columns,inner] if transposed
 * @param packed [batch,⌈columns/COLUMNS⌉,lanes of inner,COLUMNS]
 */
void packMatrices(const float* b, bool transposed, int columns, int inner, float* packed, int first, int last) {
  const int panels = parts(columns, COLUMNS);
  for (int matrix = first / panels; matrix * panels < last; matrix++) {
    const Index place = matrix;
    const float* source = b + place * inner * columns;
    float* target = packed + place * panelFloats(inner, columns);
    const Index next = panelFloats(inner, COLUMNS);
    const auto [from, to] = itemsOf(matrix, panels, first, last);
    for (int i = from; transposed && i < to; i++) {
      const int j = i * COLUMNS;
      packColumnPanel(source + static_cast<Index>(j) * inner, inner, inner, columns - j, target + i * next);
    }
    if (!transposed) {
      const int j = from * COLUMNS;
      packRowPanels(source + j, columns, inner, smaller(to * COLUMNS, columns) - j, target + from * next, next);
    }
  }
}

struct PackedProduct {
  const float* a;
  bool aTransposed;
  const float* b;
  const float* addend;
  float* c;
  int rows, columns, inner;
};

/** Has so many values fetched that will be read or, if they are to be changed, written. */
template <bool Changed>
FBSD_INLINE void prefetch(const float* values, int count) {
  for (int i = 0; i < count; i += 16) __builtin_prefetch(values + i, Changed);
}

/** Packs values [k,k + depth) of the rows [from,to) of a in groups. */
FBSD_APART void packGroups(const PackedProduct& p, int from, int to, int k, int depth, float* groups) {
  for (int i = from; i < to; i += ROWS) {
    const int rows = smaller(ROWS, to - i);
    if (p.aTransposed) {
      const float* first = p.a + static_cast<Index>(k) * p.rows + i;
      packGroupOfColumns([&](Index d) { return first + d * p.rows; }, rows, 0, depth, lanesOf(depth), groups);
    } else {
      packGroupOfRows(p.a + static_cast<Index>(i) * p.inner + k, p.inner, rows, depth, groups);
    }
    groups += groupFloats(depth);
  }
}

/**
 * The sums of up to ROWS rows from i on and the columns from j on grow by values [k,k + depth) of the inner dimension.
 *
 * @param groupsLeft of rows that these columns are multiplied with, this one among them
 */
FBSD_INLINE void growSums(const PackedProduct& p, const float* group, int i, int rows, int j, int k, int depth,
                          float* apart, int groupsLeft) {
  const int columns = smaller(PANELS * COLUMNS, p.columns - j);
  const int panels = parts(columns, COLUMNS);
  const bool complete = k + depth == p.inner;
  const Index place = static_cast<Index>(i) * p.columns + j;
  float* c = p.c + place;
  float* partial = p.addend ? apart : c;
  Sums own;
  // Whole tiles grow where they are.
  const bool inPlace = columns == panels * COLUMNS && !(p.addend && complete);
  float* sums = inPlace ? partial : own.values;
  const Index stride = inPlace ? p.columns : Sums::STRIDE;
  for (int r = 0; r < rows; r++) {
    const Index row = static_cast<Index>(r) * p.columns;
    if (!inPlace && k > 0) copyFloats(own.row(r), partial + row, columns);
    if (p.addend && complete) {
      prefetch<false>(p.addend + place + row, columns);
      prefetch<true>(c + row, columns);
    }
  }
  const Index next = panelFloats(p.inner, COLUMNS);
  const Right panel = {p.b + j / COLUMNS * next + panelFloats(k, COLUMNS), next};
  const float* ahead = panelAhead(panel, groupsLeft, parts(p.columns - j, COLUMNS));
  const Addend before = {k > 0 ? sums : nullptr, stride};
  multiplyAdd(groupRows(group, lanesOf(depth)), rows, panel, panels, lanesOf(depth), before, sums, stride, ahead);
  for (int r = 0; !inPlace && r < rows; r++) {
    const Index row = static_cast<Index>(r) * p.columns;
    if (p.addend && complete) {
      const float* addend = p.addend + place + row;
      for (int o = 0; o < columns; o++) c[row + o] = addend[o] + own.row(r)[o];
    } else {
      copyFloats(partial + row, own.row(r), columns);
    }
  }
}

/** Rows [from,to), at most MOST_PACKED_ROWS, of one product. */
FBSD_INLINE void multiplyBlock(const PackedProduct& p, int from, int to, float* scratch) {
  const int most = equalParts(p.inner, PACKED_DEPTH);
  float* apart = scratch + static_cast<Index>(MOST_PACKED_ROWS) * lanesOf(smaller(p.inner, PACKED_DEPTH));
  int k = 0;
  // Once where there is nothing to multiply, too: the sums are zero then.
  do {
    const int depth = smaller(most, p.inner - k);
    packGroups(p, from, to, k, depth, scratch);
    for (int j = 0; j < p.columns; j += PANELS * COLUMNS) {
      for (int i = from; i < to; i += ROWS) {
        const float* group = scratch + static_cast<Index>(i - from) * lanesOf(depth);
        float* sums = apart + static_cast<Index>(i - from) * p.columns + j;
        growSums(p, group, i, smaller(ROWS, to - i), j, k, depth, sums, parts(to - i, ROWS));
      }
    }
    k += most;
  } while (k < p.inner);
}

/** Rows that are packed at a time, of `count` in all. */
FBSD_INLINE int rowsAtOnce(int count) {
  const int times = larger(1, (count + PACKED_ROWS / 2) / PACKED_ROWS);
  return parts(parts(count, times), ROWS) * ROWS;
}

/**
 * Products of a batch of matrices: c = op(a)·b [+ addend], for the items [first,last) of the batch × ⌈rows/ROWS⌉
 * groups of rows.
 *
 * @param a [batch,rows,inner], or [batch,inner,rows] if transposed
 * @param packed matrices [inner,columns], by packMatrices
 * @param addend [batch,rows,columns], which may be c, or null. Sums are completed before: their terms may be smaller
 *   than its last digit
 * @param c [batch,rows,columns]
 * @param scratch multiplyPackedScratchBytes
 */
void multiplyPacked(const float* a, bool aTransposed, const float* packed, const float* addend, float* c, int rows,
                    int columns, int inner, int first, int last, float* scratch) {
  const int groups = parts(rows, ROWS);
  for (int matrix = first / groups; matrix * groups < last; matrix++) {
    const Index place = matrix;
    const PackedProduct p = {a + place * rows * inner, aTransposed, packed + place * panelFloats(inner, columns),
                             addend ? addend + place * rows * columns : nullptr, c + place * rows * columns,
                             rows, columns, inner};
    const Range own = itemsOf(matrix, groups, first, last);
    const int from = own.from * ROWS;
    const int to = smaller(own.to * ROWS, rows);
    const int step = rowsAtOnce(to - from);
    for (int m = from; m < to; m += step) multiplyBlock(p, m, smaller(m + step, to), scratch);
  }
}

}  // namespace
