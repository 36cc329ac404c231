#pragma once
#include "pack.h"

namespace {

/** How much of the inner dimension is packed at a time. */
constexpr int PRODUCT_DEPTH = 256 * PER_LANE;
/** Rows of a transposed a that are packed at a time, and that share a panel of b. */
constexpr int PRODUCT_ROWS = 8 * ROWS;
/** About how many rows' sums are kept apart until they are complete, where they are to be added to c. */
constexpr int ROWS_APART = 20 * ROWS;
/** At most so many, so that a few more than ROWS_APART do not have b packed again for the rest. */
constexpr int MOST_ROWS_APART = 30 * ROWS;

/** Packed rows of a, packed columns of b, and the sums that are kept apart. */
double multiplyScratchBytes(int columns, bool accumulate) {
  const double apart = accumulate ? static_cast<double>(MOST_ROWS_APART) * columns : 0;
  return 4 * (PRODUCT_ROWS * lanesOf(PRODUCT_DEPTH) + panelFloats(PRODUCT_DEPTH, columns) + apart);
}

struct Product {
  const float* a;
  bool aTransposed;
  const float* b;
  bool bTransposed;
  const float* bias;
  bool accumulate;
  float* c;
  int rows, columns, inner;
  float* scratch;
};

/** Rows of the result that begin where sums grow: those of c, or apart from it. */
struct Result {
  float* sums;
  Index stride;
};

/** Up to ROWS rows from i on and the columns from j on, over `depth` values of the inner dimension from k on. */
FBSD_INLINE void multiplyRows(const Product& p, int i, int rows, int j, int k, int depth, const float* left,
                              const Right& panel, Result result) {
  const int columns = smaller(PANELS * COLUMNS, p.columns - j);
  const int panels = parts(columns, COLUMNS);
  const bool whole = columns == panels * COLUMNS;
  const bool started = k > 0 || p.bias;
  Sums own;
  float* sums = whole ? result.sums : own.values;
  const Index stride = whole ? result.stride : Sums::STRIDE;
  if (k == 0 && p.bias) {
    for (int r = 0; r < rows; r++) copyFloats(sums + r * stride, p.bias + j, columns);
  } else if (!whole && k > 0) {
    for (int r = 0; r < rows; r++) copyFloats(sums + r * stride, result.sums + r * result.stride, columns);
  }
  if (p.aTransposed) {
    const InterleavedRows a = {left, ROWS};
    multiplyAdd(a, rows, panel, panels, lanesOf(depth), sums, stride, started);
  } else {
    SeparateRows a;
    for (int r = 0; r < rows; r++) a.row[r] = left + r * lanesOf(depth);
    multiplyAdd(a, rows, panel, panels, lanesOf(depth), sums, stride, started);
  }
  const bool last = k + depth == p.inner;
  if (p.accumulate && last) {
    for (int r = 0; r < rows; r++) {
      float* to = p.c + static_cast<Index>(i + r) * p.columns + j;
      for (int o = 0; o < columns; o++) to[o] += sums[r * stride + o];
    }
  } else if (!whole) {
    for (int r = 0; r < rows; r++) copyFloats(result.sums + r * result.stride, sums + r * stride, columns);
  }
}

/** The values [k,k + depth) of the inner dimension of b, in panels. */
FBSD_APART void packRight(const Product& p, int k, int depth, float* panels) {
  for (int j = 0; j < p.columns; j += COLUMNS) {
    if (p.bTransposed) {
      packColumnPanel(p.b + static_cast<Index>(j) * p.inner + k, p.inner, depth, p.columns - j, panels);
    } else {
      packRowPanel(p.b + static_cast<Index>(k) * p.columns + j, p.columns, depth, p.columns - j, panels);
    }
    panels += panelFloats(depth, COLUMNS);
  }
}

/** The same of the rows [from,to) of a: groups of ROWS of them, interleaved if a is transposed. */
FBSD_APART void packLeft(const Product& p, int from, int to, int k, int depth, float* groups) {
  const int lanes = lanesOf(depth);
  for (int i = from; i < to; i += ROWS) {
    const int rows = smaller(ROWS, to - i);
    for (int r = 0; !p.aTransposed && r < rows; r++) {
      packRow(groups + r * lanes, p.a + static_cast<Index>(i + r) * p.inner + k, depth);
    }
    for (int d = 0; p.aTransposed && d < depth; d += PER_LANE) {
      const float* values[PER_LANE];
      for (int l = 0; l < PER_LANE; l++) {
        values[l] = d + l < depth ? p.a + static_cast<Index>(k + d + l) * p.rows + i : nullptr;
      }
      packGroup(groups + d / PER_LANE * ROWS, values, rows);
    }
    groups += ROWS * lanes;
  }
}

/** Rows [from,to) of one product. */
FBSD_INLINE void multiplyPart(const Product& p, int from, int to) {
  float* left = p.scratch;
  float* right = left + PRODUCT_ROWS * lanesOf(PRODUCT_DEPTH);
  float* apart = right + panelFloats(PRODUCT_DEPTH, p.columns);
  for (int k = 0; k < p.inner; k += PRODUCT_DEPTH) {
    const int depth = smaller(PRODUCT_DEPTH, p.inner - k);
    const Index panelSize = panelFloats(depth, COLUMNS);
    packRight(p, k, depth, right);
    for (int m = from; m < to; m += PRODUCT_ROWS) {
      const int end = smaller(m + PRODUCT_ROWS, to);
      packLeft(p, m, end, k, depth, left);
      for (int j = 0; j < p.columns; j += PANELS * COLUMNS) {
        const Right panel = {right + j / COLUMNS * panelSize, panelSize};
        for (int i = m; i < end; i += ROWS) {
          const Index place = static_cast<Index>(p.accumulate ? i - from : i) * p.columns + j;
          const Result result = {(p.accumulate ? apart : p.c) + place, p.columns};
          const float* rows = left + static_cast<Index>(i - m) * lanesOf(depth);
          multiplyRows(p, i, smaller(ROWS, end - i), j, k, depth, rows, panel, result);
        }
      }
    }
  }
}

/** Rows whose sums are kept apart, of `count` in all: as many for each time that b is packed. */
FBSD_INLINE int rowsApart(int count) {
  const int times = larger(1, (count + ROWS_APART / 2) / ROWS_APART);
  return parts(parts(count, times), ROWS) * ROWS;
}

/**
 * Products of a batch of matrices: c = op(a)·op(b) + bias [+ c], for the items [first,last) of the
 * batch × ⌈rows/ROWS⌉ groups of rows.
 *
 * @param a [rows,inner], or [inner,rows] if transposed; the next of the batch aStep floats further
 * @param b [inner,columns], or [columns,inner] if transposed; the next bStep floats further
 * @param bias [columns], or null
 * @param accumulate adds to what c holds, without a bias. Sums are completed before: their terms may be smaller
 *   than the last digit of c
 * @param c [batch,rows,columns]
 * @param scratch multiplyScratchBytes
 */
void multiply(const float* a, bool aTransposed, int aStep, const float* b, bool bTransposed, int bStep,
              const float* bias, bool accumulate, float* c, int rows, int columns, int inner, int first,
              int last, float* scratch) {
  const int groups = parts(rows, ROWS);
  for (int matrix = first / groups; matrix * groups < last; matrix++) {
    const Index place = matrix;
    const Product p = {a + place * aStep, aTransposed, b + place * bStep, bTransposed, bias, accumulate,
                       c + place * rows * columns, rows, columns, inner, scratch};
    const int from = larger(first - matrix * groups, 0) * ROWS;
    const int to = smaller(smaller(last - matrix * groups, groups) * ROWS, rows);
    const int step = accumulate ? rowsApart(to - from) : rows;
    for (int m = from; m < to; m += step) multiplyPart(p, m, smaller(m + step, to));
  }
}

}  // namespace
