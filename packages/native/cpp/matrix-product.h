#pragma once
#include "groups.h"

namespace {

/** How much of the inner dimension is packed at a time. */
constexpr int PRODUCT_DEPTH = 256 * PER_LANE;
/** Rows of a transposed a that are packed at a time, and that share a panel of b. */
constexpr int PRODUCT_ROWS = 8 * ROWS;

/** Packed rows of a, and packed columns of b. */
double multiplyScratchBytes(int columns) {
  return 4.0 * (PRODUCT_ROWS * lanesOf(PRODUCT_DEPTH) + panelFloats(PRODUCT_DEPTH, columns));
}

struct Product {
  const float* a;
  bool aTransposed;
  const float* b;
  bool bTransposed;
  const float* bias;
  float* c;
  int rows, columns, inner;
  float* scratch;
};

/** Up to ROWS rows from i on and the columns from j on, over `depth` values of the inner dimension from k on. */
FBSD_INLINE void multiplyRows(const Product& p, int i, int rows, int j, int k, int depth, const float* left,
                              const Right& panel) {
  const int columns = smaller(PANELS * COLUMNS, p.columns - j);
  const int panels = parts(columns, COLUMNS);
  const bool whole = columns == panels * COLUMNS;
  const Index row = p.columns;
  float* c = p.c + i * row + j;
  Sums own;
  // Whole tiles grow where they are.
  float* sums = whole ? c : own.values;
  const Index stride = whole ? row : Sums::STRIDE;
  Addend addend = {k > 0 ? sums : nullptr, stride};
  for (int r = 0; !whole && k > 0 && r < rows; r++) copyFloats(own.row(r), c + r * row, columns);
  Bias bias;
  if (k == 0) addend = bias.at(p.bias, j, columns);
  const int lanes = lanesOf(depth);
  if (p.aTransposed) {
    multiplyAdd(groupRows(left, lanes), rows, panel, panels, lanes, addend, sums, stride);
  } else {
    multiplyAdd(rowsAt(left, lanes, rows), rows, panel, panels, lanes, addend, sums, stride);
  }
  for (int r = 0; !whole && r < rows; r++) copyFloats(c + r * row, own.row(r), columns);
}

/** The values [k,k + depth) of the inner dimension of b, in panels. */
FBSD_APART void packRight(const Product& p, int k, int depth, float* panels) {
  const Index next = panelFloats(depth, COLUMNS);
  if (!p.bTransposed) {
    packRowPanels(p.b + static_cast<Index>(k) * p.columns, p.columns, depth, p.columns, panels, next);
    return;
  }
  for (int j = 0; j < p.columns; j += COLUMNS) {
    packColumnPanel(p.b + static_cast<Index>(j) * p.inner + k, p.inner, depth, p.columns - j, panels);
    panels += next;
  }
}

/** The same of the rows [from,to) of a: side by side, or in groups if a is transposed. */
FBSD_APART void packLeft(const Product& p, int from, int to, int k, int depth, float* groups) {
  const int lanes = lanesOf(depth);
  for (int i = from; i < to; i += ROWS) {
    const int rows = smaller(ROWS, to - i);
    for (int r = 0; !p.aTransposed && r < rows; r++) {
      packRow(groups + r * lanes, p.a + static_cast<Index>(i + r) * p.inner + k, depth);
    }
    if (p.aTransposed) {
      const float* first = p.a + static_cast<Index>(k) * p.rows + i;
      packGroupOfColumns([&](Index d) { return first + d * p.rows; }, rows, 0, depth, lanes, groups);
    }
    groups += groupFloats(depth);
  }
}

/** Rows [from,to) of one product. */
FBSD_INLINE void multiplyPart(const Product& p, int from, int to) {
  float* left = p.scratch;
  float* right = left + PRODUCT_ROWS * lanesOf(PRODUCT_DEPTH);
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
          const float* rows = left + static_cast<Index>(i - m) * lanesOf(depth);
          multiplyRows(p, i, smaller(ROWS, end - i), j, k, depth, rows, panel);
        }
      }
    }
  }
}

/**
 * Products of a batch of matrices: c = op(a)·op(b) + bias, for the items [first,last) of the
 * batch × ⌈rows/ROWS⌉ groups of rows.
 *
 * @param a [rows,inner], or [inner,rows] if transposed; the next of the batch aStep floats further
 * @param b [inner,columns], or [columns,inner] if transposed; the next bStep floats further
 * @param bias [columns], or null
 * @param c [batch,rows,columns]
 * @param scratch multiplyScratchBytes
 */
void multiply(const float* a, bool aTransposed, int aStep, const float* b, bool bTransposed, int bStep,
              const float* bias, float* c, int rows, int columns, int inner, int first, int last,
              float* scratch) {
  const int groups = parts(rows, ROWS);
  for (int matrix = first / groups; matrix * groups < last; matrix++) {
    const Index place = matrix;
    const Product p = {a + place * aStep, aTransposed, b + place * bStep, bTransposed, bias,
                       c + place * rows * columns, rows, columns, inner, scratch};
    const Range own = itemsOf(matrix, groups, first, last);
    multiplyPart(p, own.from * ROWS, smaller(own.to * ROWS, rows));
  }
}

}  // namespace
