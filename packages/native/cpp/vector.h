#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

/*
 * Vectors of floats as wide as those of the instruction set that this is compiled for. The compilers' own vector
 * types serve all of them; what is here says how wide they are.
 *
 * Everything that is compiled for an instruction set is in an unnamed namespace and takes nothing but memcpy and
 * memset from libraries: a function with vectors of 512 bits must not be linked in the place of another's.
 */

#if defined(__AVX512F__)
#define FBSD_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define FBSD_VECTOR_BYTES 32
#else
#define FBSD_VECTOR_BYTES 16
#endif

#define FBSD_INLINE inline __attribute__((always_inline))
/** For loops that would lose their registers to each other in one large function. */
#define FBSD_APART __attribute__((noinline))

namespace {

/** Floats of a vector. */
constexpr int WIDTH = FBSD_VECTOR_BYTES / 4;

/** A vector that may lie anywhere, in memory of any type. */
typedef float Vector __attribute__((vector_size(FBSD_VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t Integers __attribute__((vector_size(FBSD_VECTOR_BYTES), aligned(4), may_alias));

/** A place in an array: larger than what an int holds once it is in bytes. */
typedef ptrdiff_t Index;

FBSD_INLINE Vector loadVector(const float* from) {
  return *reinterpret_cast<const Vector*>(from);
}

/** The first `count` values of a vector, and zeros. */
FBSD_INLINE Vector loadSome(const float* from, int count) {
  if (count >= WIDTH) return loadVector(from);
#if defined(__AVX512F__)
  return (Vector)_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
#else
  Vector v = {};
  memcpy(&v, from, static_cast<size_t>(count) * sizeof(float));
  return v;
#endif
}

FBSD_INLINE void storeVector(float* to, Vector v) {
  *reinterpret_cast<Vector*>(to) = v;
}

/** Stores the first `count` values of a vector, at most all. */
FBSD_INLINE void storeSome(float* to, Vector v, int count) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), (__m512)v);
#else
  memcpy(to, &v, static_cast<size_t>(count) * sizeof(float));
#endif
}

FBSD_INLINE Vector splat(float x) {
  return Vector{} + x;
}

/** The sum of a vector's values, by halves. */
FBSD_INLINE float total(Vector v) {
  float values[WIDTH];
  storeVector(values, v);
  for (int half = WIDTH / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) values[i] += values[i + half];
  }
  return values[0];
}

FBSD_INLINE void fillZero(float* to, Index count) {
  memset(to, 0, static_cast<size_t>(count) * sizeof(float));
}

/** Short copies are a few vectors: a string instruction, which GCC makes of memcpy, takes longer to begin. */
FBSD_INLINE void copyFloats(float* to, const float* from, Index count) {
  if (count > 16 * WIDTH) {
    memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
    return;
  }
  const int rest = static_cast<unsigned>(count) % WIDTH;
  const Index whole = count - rest;
  for (Index i = 0; i < whole; i += WIDTH) storeVector(to + i, loadVector(from + i));
  if (rest > 0) storeSome(to + whole, loadSome(from + whole, rest), rest);
}

FBSD_INLINE int smaller(int a, int b) {
  return a < b ? a : b;
}

FBSD_INLINE int larger(int a, int b) {
  return a > b ? a : b;
}

/** n divided by `by`, upwards. */
FBSD_INLINE int parts(int n, int by) {
  return (n + by - 1) / by;
}

/** From, and up to without. */
struct Range {
  int from, to;
};

/** What of the items [first,last) is in this one of groups of `size` items, counted from the group's first. */
FBSD_INLINE Range itemsOf(int group, int size, int first, int last) {
  return {larger(first - group * size, 0), smaller(last - group * size, size)};
}

}  // namespace
