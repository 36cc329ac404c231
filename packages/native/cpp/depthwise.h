#pragma once
#include "vector.h"

namespace {

/** A depthwise convolution. */
struct Depthwise {
  int32_t batch;
  int32_t inHeight, inWidth, inChannels;
  int32_t outHeight, outWidth, outChannels;
  int32_t kernelHeight, kernelWidth;
  int32_t strideHeight, strideWidth;
  int32_t padTop, padLeft;
  int32_t dilationHeight, dilationWidth;
};

/** Calls f(input pixel, output pixel, tap) for all that the convolution connects: places in x, y and the filter. */
template <class Connect>
FBSD_INLINE void forEachConnection(const Depthwise& g, Connect f) {
  for (int image = 0; image < g.batch; image++) {
    for (int row = 0; row < g.outHeight; row++) {
      for (int column = 0; column < g.outWidth; column++) {
        const Index output = ((static_cast<Index>(image) * g.outHeight + row) * g.outWidth + column) * g.outChannels;
        for (int a = 0; a < g.kernelHeight; a++) {
          const int h = row * g.strideHeight - g.padTop + a * g.dilationHeight;
          if (h < 0 || h >= g.inHeight) continue;
          for (int b = 0; b < g.kernelWidth; b++) {
            const int w = column * g.strideWidth - g.padLeft + b * g.dilationWidth;
            if (w < 0 || w >= g.inWidth) continue;
            const Index input = ((static_cast<Index>(image) * g.inHeight + h) * g.inWidth + w) * g.inChannels;
            f(input, output, static_cast<Index>(a * g.kernelWidth + b) * g.outChannels);
          }
        }
      }
    }
  }
}

/** dx[…,c] += dy[…,c·m + q]·filter[a,b,c,q] over all outputs and taps; m = outChannels/inChannels. */
void depthwiseInputGradient(const Depthwise* geometry, const float* dy, const float* filter, float* dx) {
  const Depthwise g = *geometry;
  const int multiplier = g.outChannels / g.inChannels;
  fillZero(dx, static_cast<Index>(g.batch) * g.inHeight * g.inWidth * g.inChannels);
  forEachConnection(g, [=](Index input, Index output, Index tap) {
    if (multiplier == 1) {
      for (int c = 0; c < g.outChannels; c++) dx[input + c] += dy[output + c] * filter[tap + c];
    } else {
      for (int o = 0; o < g.outChannels; o++) dx[input + o / multiplier] += dy[output + o] * filter[tap + o];
    }
  });
}

/** dw[a,b,c,q] += x[…,c]·dy[…,c·m + q] over all outputs; m = outChannels/inChannels. */
void depthwiseFilterGradient(const Depthwise* geometry, const float* x, const float* dy, float* dw) {
  const Depthwise g = *geometry;
  const int multiplier = g.outChannels / g.inChannels;
  fillZero(dw, static_cast<Index>(g.kernelHeight) * g.kernelWidth * g.outChannels);
  forEachConnection(g, [=](Index input, Index output, Index tap) {
    if (multiplier == 1) {
      for (int c = 0; c < g.outChannels; c++) dw[tap + c] += x[input + c] * dy[output + c];
    } else {
      for (int o = 0; o < g.outChannels; o++) dw[tap + o] += x[input + o / multiplier] * dy[output + o];
    }
  });
}

}  // namespace
