#pragma once
#include "vector.h"

namespace {

/*
 * What the micro-kernel multiplies. A lane, 32 bits of a vector, holds PER_LANE factors that follow each other along
 * the inner dimension of a product: one float, or two bfloat16, floats rounded to their upper half, whose two products
 * AVX512_BF16 adds to a float at once. Lanes are moved about as if they were floats.
 */
#ifdef FBSD_BF16
typedef uint16_t Factor __attribute__((may_alias));
#else
typedef float Factor __attribute__((may_alias));
#endif

constexpr int PER_LANE = sizeof(float) / sizeof(Factor);

/** Lanes that the micro-kernel multiplies at a time: of AMX a row of a tile. */
#ifdef FBSD_AMX
constexpr int LANES = 16;
#else
constexpr int LANES = 1;
#endif
/** Values of the inner dimension in so many lanes. */
constexpr int STEP = LANES * PER_LANE;

/** Lanes of so many values of the inner dimension, filled up with zeros to whole steps. */
FBSD_INLINE int lanesOf(int depth) {
  return parts(depth, STEP) * LANES;
}

/** The same in values. */
FBSD_INLINE int wholeSteps(int depth) {
  return parts(depth, STEP) * STEP;
}

/** The length of equal parts of so many values, at most so long, in whole steps: a short one at the end would move sums for little. */
FBSD_INLINE int equalParts(int depth, int most) {
  return wholeSteps(parts(depth, larger(1, parts(depth, most))));
}

#ifdef FBSD_BF16

/** A vector's factors. */
typedef uint16_t Factors __attribute__((vector_size(FBSD_VECTOR_BYTES / 2), aligned(2), may_alias));

FBSD_INLINE Factors rounded(Vector v) {
  return (Factors)_mm512_cvtneps_pbh((__m512)v);
}

/** The same, each in the lower half of a lane. */
FBSD_INLINE Integers lowerHalves(Vector v) {
  return __builtin_convertvector(rounded(v), Integers);
}

/** sums + Σ of a lane's products with lanes. */
FBSD_INLINE Vector addProducts(Vector sums, float lane, Vector lanes) {
  return (Vector)_mm512_dpbf16_ps((__m512)sums, (__m512bh)_mm512_set1_ps(lane), (__m512bh)lanes);
}

/** Lanes of the values that follow each other from here on, as many as a vector has room for. */
FBSD_INLINE Vector loadLanes(const float* from) {
  return (Vector)_mm512_cvtne2ps_pbh((__m512)loadVector(from + WIDTH), (__m512)loadVector(from));
}

/** Lanes whose values k of the inner dimension are the vector at(k). */
template <class At>
FBSD_INLINE Vector lanesFrom(At at) {
  const __m512i inPairs = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8,  //
                                           23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  const __m512i inTurn = (__m512i)_mm512_cvtne2ps_pbh((__m512)at(1), (__m512)at(0));
  return (Vector)_mm512_permutexvar_epi16(inPairs, inTurn);
}

/** Stores factors that follow each other along the inner dimension. */
FBSD_INLINE void storeFactors(Factor* to, Vector v) {
  *reinterpret_cast<Factors*>(to) = rounded(v);
}

/** Stores value k of the inner dimension of a vector of lanes; k = 0, 1, … in turn. */
FBSD_INLINE void storeOfLanes(float* lanes, int k, Vector v) {
  const Integers halves = lowerHalves(v);
  storeVector(lanes, (Vector)(k % 2 ? (Integers)loadVector(lanes) | halves << 16 : halves));
}

#else

FBSD_INLINE Vector addProducts(Vector sums, float lane, Vector lanes) {
  return sums + lane * lanes;
}

FBSD_INLINE Vector loadLanes(const float* from) {
  return loadVector(from);
}

template <class At>
FBSD_INLINE Vector lanesFrom(At at) {
  return at(0);
}

FBSD_INLINE void storeFactors(Factor* to, Vector v) {
  storeVector(to, v);
}

FBSD_INLINE void storeOfLanes(float* lanes, int, Vector v) {
  storeVector(lanes, v);
}

#endif

/** Stores factors of values that follow each other along the inner dimension, and nothing beyond them. */
FBSD_INLINE void storeRow(Factor* to, const float* from, int count) {
  if constexpr (PER_LANE == 1) {
    memcpy(to, from, static_cast<size_t>(count) * sizeof(Factor));
  } else {
    int k = 0;
    for (; k + WIDTH <= count; k += WIDTH) storeFactors(to + k, loadVector(from + k));
    if (k == count) return;
    Factor rest[WIDTH];
    storeFactors(rest, loadSome(from + k, count - k));
    memcpy(to + k, rest, static_cast<size_t>(count - k) * sizeof(Factor));
  }
}

/** Fills a row of `count` factors up to whole steps. */
FBSD_INLINE void fillRow(Factor* row, int count) {
  memset(row + count, 0, static_cast<size_t>(wholeSteps(count) - count) * sizeof(Factor));
}

/** Packs a row of so many values into its lanes. */
FBSD_INLINE void packRow(float* lanes, const float* from, int count) {
  Factor* to = reinterpret_cast<Factor*>(lanes);
  storeRow(to, from, count);
  fillRow(to, count);
}

}  // namespace
