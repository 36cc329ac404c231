#pragma once
#include "exponential.h"
#include "sums.h"

namespace {

/*
 * The steps of the feature diversification module between its matrix products, for the pair of maps a [·,rows,C] and
 * b [·,columns,C]; names as in docs/derivations/fdm.md. Rows are counted over all images.
 */

/** Norms below this count as this. */
constexpr float NORM_FLOOR = 1e-12f;

/** 1/max(‖x_s‖, floor) of the rows [first,last). */
void inverseNorms(const float* x, int channels, float* inverse, int first, int last) {
  for (int s = first; s < last; s++) {
    const float* row = x + static_cast<Index>(s) * channels;
    const float squares = dot(row, row, channels);
    const float floor = NORM_FLOOR * NORM_FLOOR;
    inverse[s] = 1 / __builtin_sqrtf(squares < floor ? floor : squares);  // this order lets NaN through
  }
}

/** E = exp(−n_s·w_m·k_sm) and its row sums r, from the scalar products k; e may be k. */
void similarity(const float* k, const float* inverseA, const float* inverseB, int rows, int columns, float* e,
                float* r, int first, int last) {
  for (int s = first; s < last; s++) {
    const float* from = k + static_cast<Index>(s) * columns;
    float* to = e + static_cast<Index>(s) * columns;
    const float* w = inverseB + static_cast<Index>(s / rows) * columns;
    const float n = -inverseA[s];
    for (int m = 0; m < columns; m++) to[m] = exponentialOf(from[m] * w[m] * n);
    r[s] = sumOf(columns, [=](auto type, int m) { return valueAt(type, to, m); });
  }
}

/** Columns of a strip, by which the sums of columns are divided: a cache line. */
constexpr int STRIP = 16;

/**
 * Σ_s x_sm·y_sm, or Σ_s x_sm without y (null), for the items [first,last) of the images × ⌈columns/STRIP⌉ strips of
 * columns; sums is [·,columns].
 */
void columnProducts(const float* x, const float* y, int rows, int columns, float* sums, int first, int last) {
  const int strips = parts(columns, STRIP);
  for (int image = first / strips; image * strips < last; image++) {
    const Range own = itemsOf(image, strips, first, last);
    const int from = own.from * STRIP;
    const int until = smaller(own.to * STRIP, columns);
    float* to = sums + static_cast<Index>(image) * columns;
    fillZero(to + from, until - from);
    for (int s = image * rows; s < (image + 1) * rows; s++) {
      const Index row = static_cast<Index>(s) * columns;
      if (y) {
        for (int m = from; m < until; m++) to[m] += x[row + m] * y[row + m];
      } else {
        for (int m = from; m < until; m++) to[m] += x[row + m];
      }
    }
  }
}

/** The weights of both sums: into a, φ·e_sm/r_s, and into b, φ·e_sm/c_m, which may be e. */
void softmaxes(const float* e, float factor, const float* r, const float* c, int rows, int columns,
               float* intoA, float* intoB, int first, int last) {
  for (int s = first; s < last; s++) {
    const Index row = static_cast<Index>(s) * columns;
    const float* sums = c + static_cast<Index>(s / rows) * columns;
    const float ofRow = factor / r[s];
    for (int m = 0; m < columns; m++) {
      const float value = e[row + m];
      intoA[row + m] = value * ofRow;
      intoB[row + m] = value * factor / sums[m];
    }
  }
}

/**
 * From the products t1 = a·g_Bᵀ and t2 = g_A·bᵀ to what a and b are averaged with, in place: t1 becomes φ·e/c, t2
 * becomes φ·e/r, and e becomes d, the gradient of the scalar products k.
 *
 * @param u Σ_s e_sm·t1_sm
 * @param kappa gets Σ_m d_sm·k_sm, what the directions of a take back; may be r
 */
void similarityGradient(float* e, const float* k, float* t1, float* t2, float factor, const float* inverseA,
                        const float* inverseB, const float* r, const float* c, const float* u, int rows,
                        int columns, float* kappa, int first, int last) {
  for (int s = first; s < last; s++) {
    const Index row = static_cast<Index>(s) * columns;
    const Index column = static_cast<Index>(s / rows) * columns;
    const float n = -inverseA[s];
    const float ofRow = factor / r[s];
    const float v = ofRow / r[s] * dot(e + row, t2 + row, columns);
    for (int m = 0; m < columns; m++) {
      const float value = e[row + m];
      const float sums = c[column + m];
      const float ofColumn = factor / sums;
      const float back = u[column + m] / sums * ofColumn;
      const float de = t2[row + m] * ofRow + t1[row + m] * ofColumn - back - v;
      t1[row + m] = value * ofColumn;
      t2[row + m] = value * ofRow;
      e[row + m] = value * de * (inverseB[column + m] * n);
    }
    kappa[s] = dot(e + row, k + row, columns);
  }
}

/** dx_s −= κ_s·x_s/‖x_s‖², where the norm is above the floor, for the rows [first,last). */
void directionGradient(float* dx, const float* x, const float* kappa, const float* inverse, int channels,
                       int first, int last) {
  for (int s = first; s < last; s++) {
    const float n = inverse[s];
    if (n >= 1 / NORM_FLOOR) continue;
    const float share = -kappa[s] * n * n;
    const Index row = static_cast<Index>(s) * channels;
    for (int c = 0; c < channels; c++) dx[row + c] += share * x[row + c];
  }
}

}  // namespace
