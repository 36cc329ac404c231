#pragma once
#include "vector.h"

namespace {

/** Vectors of channels that are gone through together: those of one channel lie far apart. */
constexpr int VECTORS_TOGETHER = 16;

/** Values and places of the k largest of so many vectors of channels. */
double topKMeanScratchBytes(int k) {
  return 2.0 * k * VECTORS_TOGETHER * FBSD_VECTOR_BYTES;
}

/** Whether any lane of a comparison holds. */
FBSD_INLINE bool any(Integers mask) {
#if defined(__AVX512F__)
  return _mm512_movepi32_mask((__m512i)mask) != 0;
#else
  int32_t lanes[WIDTH];
  memcpy(lanes, &mask, sizeof mask);
  int32_t all = 0;
  for (int i = 0; i < WIDTH; i++) all |= lanes[i];
  return all != 0;
#endif
}

/** Enters the values of position s of a vector of channels among the k largest of those before, best first. */
FBSD_INLINE void enter(Vector value, int s, int k, Vector* values, Integers* places) {
  if (s >= k && !any(value > values[k - 1])) return;
  Integers place = Integers{} + s;
  // From the first one that is smaller on, each moves one down, lane by lane.
  Integers moves = {};
  const int held = smaller(s, k);
  for (int j = 0; j < held; j++) {
    const Vector before = values[j];
    const Integers placeBefore = places[j];
    moves |= value > before;
    values[j] = moves ? value : before;
    places[j] = moves ? place : placeBefore;
    value = moves ? before : value;
    place = moves ? placeBefore : place;
  }
  if (s < k) {
    values[s] = value;
    places[s] = place;
  }
}

/**
 * y[b,c] = mean of the k largest x[b,·,c], and the positions of these, best first. Of equal values the first ones are
 * taken.
 *
 * @param x [·,positions,channels]
 * @param indices [·,k,channels]
 * @param first image
 * @param scratch topKMeanScratchBytes
 */
void topKMean(const float* x, int positions, int channels, int k, float* y, int* indices, int first, int last,
              float* scratch) {
  constexpr int TOGETHER = VECTORS_TOGETHER * WIDTH;
  Vector* values = reinterpret_cast<Vector*>(scratch);
  Integers* places = reinterpret_cast<Integers*>(values + k * VECTORS_TOGETHER);
  const float share = 1.0f / static_cast<float>(k);
  for (int b = first; b < last; b++) {
    for (int from = 0; from < channels; from += TOGETHER) {
      const int to = smaller(from + TOGETHER, channels);
      for (int s = 0; s < positions; s++) {
        const float* row = x + (static_cast<Index>(b) * positions + s) * channels;
        for (int c = from, held = 0; c < to; c += WIDTH, held += k) {
          enter(loadSome(row + c, to - c), s, k, values + held, places + held);
        }
      }
      for (int c = from, held = 0; c < to; c += WIDTH, held += k) {
        const int lanes = smaller(WIDTH, to - c);
        Vector sum = {};
        for (int j = 0; j < k; j++) {
          sum += values[held + j];
          int* indicesOf = indices + (static_cast<Index>(b) * k + j) * channels + c;
          memcpy(indicesOf, places + held + j, static_cast<size_t>(lanes) * sizeof(int));
        }
        storeSome(y + static_cast<Index>(b) * channels + c, sum * share, lanes);
      }
    }
  }
}

/** dx[b,indices[b,j,c],c] = dy[b,c]/k, else 0, for the images [first,last). */
void topKMeanGradient(const float* dy, const int* indices, int positions, int channels, int k, float* dx,
                      int first, int last) {
  const Index size = static_cast<Index>(positions) * channels;
  fillZero(dx + first * size, (last - first) * size);
  for (int b = first; b < last; b++) {
    for (int j = 0; j < k; j++) {
      for (int c = 0; c < channels; c++) {
        const int place = indices[(static_cast<Index>(b) * k + j) * channels + c];
        dx[b * size + static_cast<Index>(place) * channels + c] =
            dy[static_cast<Index>(b) * channels + c] / static_cast<float>(k);
      }
    }
  }
}

}  // namespace
