#pragma once
#include "vector.h"

namespace {

/*
 * Winograd's fast convolution F(4×4, 3×3): a tile of 4×4 outputs needs 36 products for each pair of channels instead
 * of 144. With the points 0, ±√½, ±√2 and ∞ (docs/derivations/winograd.md)
 *
 *   y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A
 *
 * for a tile x of 6×6 inputs. Each function here transforms one line, for a vector of channels.
 */

/** Outputs of a tile along one axis. */
constexpr int TILE = 4;
/** Inputs and products of a tile along one axis. */
constexpr int POINTS = 6;
/** Products of a tile. */
constexpr int PRODUCTS = POINTS * POINTS;

constexpr float ROOT_2 = 1.4142135623730951f;
constexpr float ROOT_HALF = 0.7071067811865476f;
constexpr float ROOT_8 = 2.8284271247461903f;
constexpr float ROOT_EIGHTH = 0.3535533905932738f;

/** Bᵀ: six inputs to six points. */
FBSD_INLINE void inputLine(const Vector* x, Index step, Vector* to, Index toStep) {
  const Vector x0 = x[0], x1 = x[step], x2 = x[2 * step], x3 = x[3 * step], x4 = x[4 * step], x5 = x[5 * step];
  const Vector even1 = x4 - 2.0f * x2;
  const Vector odd1 = ROOT_HALF * x3 - ROOT_2 * x1;
  const Vector even2 = x4 - 0.5f * x2;
  const Vector odd2 = ROOT_2 * x3 - ROOT_HALF * x1;
  to[0] = x0 - 2.5f * x2 + x4;
  to[toStep] = even1 + odd1;
  to[2 * toStep] = even1 - odd1;
  to[3 * toStep] = even2 + odd2;
  to[4 * toStep] = even2 - odd2;
  to[5 * toStep] = x1 - 2.5f * x3 + x5;
}

/** G: three weights to six points. */
FBSD_INLINE void filterLine(const Vector* w, Index step, Vector* to, Index toStep) {
  const Vector w0 = w[0], w1 = w[step], w2 = w[2 * step];
  const Vector even1 = (-2.0f / 3) * (w0 + 0.5f * w2);
  const Vector odd1 = (-2.0f / 3 * ROOT_HALF) * w1;
  const Vector even2 = (1.0f / 6) * (w0 + 2.0f * w2);
  const Vector odd2 = (1.0f / 6 * ROOT_2) * w1;
  to[0] = w0;
  to[toStep] = even1 + odd1;
  to[2 * toStep] = even1 - odd1;
  to[3 * toStep] = even2 + odd2;
  to[4 * toStep] = even2 - odd2;
  to[5 * toStep] = w2;
}

/** Aᵀ: six points to four outputs. */
FBSD_INLINE void outputLine(const Vector* m, Index step, Vector* to, Index toStep) {
  const Vector sum1 = m[step] + m[2 * step];
  const Vector sum2 = m[3 * step] + m[4 * step];
  const Vector difference1 = m[step] - m[2 * step];
  const Vector difference2 = m[3 * step] - m[4 * step];
  to[0] = m[0] + sum1 + sum2;
  to[toStep] = ROOT_HALF * difference1 + ROOT_2 * difference2;
  to[2 * toStep] = 0.5f * sum1 + 2.0f * sum2;
  to[3 * toStep] = ROOT_EIGHTH * difference1 + ROOT_8 * difference2 + m[5 * step];
}

/** A: the gradients of four outputs to those of six points. */
FBSD_INLINE void outputGradientLine(const Vector* y, Index step, Vector* to, Index toStep) {
  const Vector y0 = y[0], y1 = y[step], y2 = y[2 * step], y3 = y[3 * step];
  const Vector even1 = y0 + 0.5f * y2;
  const Vector odd1 = ROOT_HALF * y1 + ROOT_EIGHTH * y3;
  const Vector even2 = y0 + 2.0f * y2;
  const Vector odd2 = ROOT_2 * y1 + ROOT_8 * y3;
  to[0] = y0;
  to[toStep] = even1 + odd1;
  to[2 * toStep] = even1 - odd1;
  to[3 * toStep] = even2 + odd2;
  to[4 * toStep] = even2 - odd2;
  to[5 * toStep] = y3;
}

/** Gᵀ: the gradients of six points to those of three weights. */
FBSD_INLINE void filterGradientLine(const Vector* s, Index step, Vector* to, Index toStep) {
  const Vector sum1 = s[step] + s[2 * step];
  const Vector sum2 = s[3 * step] + s[4 * step];
  const Vector difference1 = s[step] - s[2 * step];
  const Vector difference2 = s[3 * step] - s[4 * step];
  to[0] = s[0] + (1.0f / 6) * sum2 - (2.0f / 3) * sum1;
  to[toStep] = (1.0f / 6 * ROOT_2) * difference2 - (2.0f / 3 * ROOT_HALF) * difference1;
  to[2 * toStep] = (1.0f / 3) * (sum2 - sum1) + s[5 * step];
}

/**
 * Transforms the columns of a square of Size × Size values, then its rows, to Points × Points.
 *
 * @param load gives value (i,j); so that few are in registers at a time
 * @param store takes value (i,j)
 */
template <int Size, int Points, void (*line)(const Vector*, Index, Vector*, Index), class Load, class Store>
FBSD_INLINE void transformSquare(Load load, Store store) {
  Vector half[Points * Size];
#pragma GCC unroll 6
  for (int j = 0; j < Size; j++) {
    Vector column[Size];
#pragma GCC unroll 6
    for (int i = 0; i < Size; i++) column[i] = load(i, j);
    line(column, 1, half + j, Size);
  }
#pragma GCC unroll 6
  for (int i = 0; i < Points; i++) {
    Vector row[Points];
    line(half + i * Size, 1, row, 1);
#pragma GCC unroll 6
    for (int j = 0; j < Points; j++) store(i, j, row[j]);
  }
}

}  // namespace
