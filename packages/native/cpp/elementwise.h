#pragma once
#include "vector.h"

namespace {

/* Plain loops, which the compilers turn into vectors. */

/** sum = a + b for the values [first,last). */
void addValues(const float* a, const float* b, float* sum, int first, int last) {
  for (int i = first; i < last; i++) sum[i] = a[i] + b[i];
}

/** dx = dy where y is not 0 or less, else 0, for the values [first,last). */
void reluGradient(const float* dy, const float* y, float* dx, int first, int last) {
  for (int i = first; i < last; i++) dx[i] = y[i] <= 0 ? 0 : dy[i];
}

/** dx = dy where low ≤ x ≤ high, else 0, for the values [first,last). */
void clipGradient(const float* dy, const float* x, float* dx, float low, float high, int first, int last) {
  for (int i = first; i < last; i++) dx[i] = ((x[i] >= low) & (x[i] <= high)) ? dy[i] : 0;
}

/**
 * y[i,j,k,c] = x[i,j,k,c]·factors[i,j,k] for the rows [first,last) of the batch × height × width; from one image, line or
 * column to the next the factors are so many values apart: 0 where they share one.
 */
void scaleRows(const float* x, const float* factors, int height, int width, int channels, int imageStep,
               int lineStep, int columnStep, float* y, int first, int last) {
  for (int r = first; r < last; r++) {
    const int line = r / width;
    const float factor = factors[static_cast<Index>(line / height) * imageStep +
                                 static_cast<Index>(line % height) * lineStep + r % width * columnStep];
    const float* from = x + static_cast<Index>(r) * channels;
    float* to = y + static_cast<Index>(r) * channels;
    for (int c = 0; c < channels; c++) to[c] = from[c] * factor;
  }
}

/**
 * nextVelocity = momentum·velocity + gradient + weightDecay·weight;
 * nextWeight = weight − learningRate·nextVelocity, for the values [first,last).
 */
void sgd(const float* weight, const float* velocity, const float* gradient, float* nextWeight,
         float* nextVelocity, float learningRate, float momentum, float weightDecay, int first, int last) {
  for (int i = first; i < last; i++) {
    const float w = weight[i];
    const float v = momentum * velocity[i] + (gradient[i] + weightDecay * w);
    nextVelocity[i] = v;
    nextWeight[i] = w - learningRate * v;
  }
}

/** sums[ids[r],c] += x[r,c]; ids outside of [0,segments) are left out. */
void segmentSum(const float* x, const int* ids, int rows, int channels, int segments, float* sums) {
  fillZero(sums, static_cast<Index>(segments) * channels);
  for (int r = 0; r < rows; r++) {
    if (static_cast<unsigned>(ids[r]) >= static_cast<unsigned>(segments)) continue;
    const float* from = x + static_cast<Index>(r) * channels;
    float* to = sums + static_cast<Index>(ids[r]) * channels;
    for (int c = 0; c < channels; c++) to[c] += from[c];
  }
}

}  // namespace
