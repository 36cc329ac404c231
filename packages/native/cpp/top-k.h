#pragma once
#include "vector.h"

namespace {

/** Values and places of the k largest of a vector of channels. */
double topKMeanScratchBytes(int k) {
  return 2.0 * k * FBSD_VECTOR_BYTES;
}

/** Whether any lane of a comparison holds. */
FBSD_INLINE bool any(Integers mask) {
  int32_t lanes[WIDTH];
  memcpy(lanes, &mask, sizeof mask);
  int32_t all = 0;
  for (int i = 0; i < WIDTH; i++) all |= lanes[i];
  return all != 0;
}

/** The k largest of a vector of channels, best first, and their positions. */
FBSD_INLINE void selectLargest(const float* x, int positions, int channels, int lanes, int k, Vector* values,
                               Integers* places) {
  for (int s = 0; s < positions; s++) {
    Vector value = loadSome(x + static_cast<Index>(s) * channels, lanes);
    if (s >= k && !any(value > values[k - 1])) continue;
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
  Vector* values = reinterpret_cast<Vector*>(scratch);
  Integers* places = reinterpret_cast<Integers*>(scratch + static_cast<Index>(k) * WIDTH);
  const float share = 1.0f / static_cast<float>(k);
  for (int b = first; b < last; b++) {
    for (int c = 0; c < channels; c += WIDTH) {
      const int lanes = smaller(WIDTH, channels - c);
      const size_t bytes = static_cast<size_t>(lanes) * 4;
      const Index image = static_cast<Index>(b) * positions * channels;
      selectLargest(x + image + c, positions, channels, lanes, k, values, places);
      Vector sum = {};
      for (int j = 0; j < k; j++) {
        sum += values[j];
        memcpy(indices + (static_cast<Index>(b) * k + j) * channels + c, places + j, bytes);
      }
      const Vector mean = sum * share;
      memcpy(y + static_cast<Index>(b) * channels + c, &mean, bytes);
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
