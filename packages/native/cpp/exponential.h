#pragma once
#include "vector.h"

namespace {

/** 2ⁿ for −126 ≤ n ≤ 127, by its bits. */
FBSD_INLINE float powerOfTwo(int n) {
  const int32_t bits = (n + 127) << 23;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/**
 * eˣ to within 2 units in the last place.
 *
 * eˣ = 2ⁿ·eʳ with n = x/ln 2 rounded and |r| ≤ ln 2 / 2; eʳ by its Taylor polynomial. 2ⁿ is applied in two halves, so
 * that results below the normal range, and just below infinity, come out right.
 */
FBSD_INLINE float exponentialOf(float x) {
  // Beyond these bounds the result is 0 or infinite; this order of the arguments lets NaN through.
  const float raised = x < -104 ? -104 : x;
  const float bounded = raised > 89 ? 89 : raised;
  const float n = __builtin_rintf(bounded * 1.4426950408889634f);
  // ln 2 in two parts, the first of which gives an exact product with n
  const float r = (bounded - n * 0.693359375f) + n * 2.1219444e-4f;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1;
  p = p * r + 1;
  const int whole = static_cast<int>(n == n ? n : 0);
  const int half = whole >> 1;
  return p * powerOfTwo(half) * powerOfTwo(whole - half);
}

/** y = eˣ for the values [first,last). */
void exponential(const float* x, float* y, int first, int last) {
  for (int i = first; i < last; i++) y[i] = exponentialOf(x[i]);
}

}  // namespace
