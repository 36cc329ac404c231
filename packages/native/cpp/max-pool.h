#pragma once
#include "vector.h"

namespace {

/** Channels that are looked through at a time. */
constexpr int POOL_CHANNELS = 4 * WIDTH;

/**
 * Adds each window's gradient to its first maximum, row by row, for the images [first,last). A window of NaN or −∞
 * alone has none.
 */
void maxPoolGradient(const float* x, const float* dy, float* dx, int inHeight, int inWidth, int channels,
                     int outHeight, int outWidth, int windowHeight, int windowWidth, int strideHeight,
                     int strideWidth, int padTop, int padLeft, int first, int last) {
  const Index size = static_cast<Index>(inHeight) * inWidth * channels;
  fillZero(dx + first * size, (last - first) * size);
  for (int image = first; image < last; image++) {
    for (int row = 0; row < outHeight; row++) {
      const int top = larger(0, row * strideHeight - padTop);
      const int bottom = smaller(inHeight, row * strideHeight - padTop + windowHeight);
      for (int column = 0; column < outWidth; column++) {
        const int left = larger(0, column * strideWidth - padLeft);
        const int right = smaller(inWidth, column * strideWidth - padLeft + windowWidth);
        const Index output = ((static_cast<Index>(image) * outHeight + row) * outWidth + column) * channels;
        for (int c = 0; c < channels; c += POOL_CHANNELS) {
          const int count = smaller(POOL_CHANNELS, channels - c);
          float largest[POOL_CHANNELS];
          int32_t winner[POOL_CHANNELS];
          for (int i = 0; i < count; i++) {
            largest[i] = -__builtin_inff();
            winner[i] = -1;
          }
          for (int h = top; h < bottom; h++) {
            for (int w = left; w < right; w++) {
              const int pixel = h * inWidth + w;
              const float* values = x + image * size + static_cast<Index>(pixel) * channels + c;
              for (int i = 0; i < count; i++) {
                const bool more = values[i] > largest[i];
                largest[i] = more ? values[i] : largest[i];
                winner[i] = more ? pixel : winner[i];
              }
            }
          }
          for (int i = 0; i < count; i++) {
            if (winner[i] < 0) continue;
            dx[image * size + static_cast<Index>(winner[i]) * channels + c + i] += dy[output + c + i];
          }
        }
      }
    }
  }
}

}  // namespace
