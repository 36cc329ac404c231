import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';

/** Puts images of the same size, each [S,S,3], into one tensor [B,S,S,3]. */
export function stackImages(images: readonly Float32Array[], imageSize: number): Tensor4D {
  const values = new Float32Array(images.length * imageSize * imageSize * 3);
  images.forEach((image, i) => {
    values.set(image, i * image.length);
  });
  return tensor4d(values, [images.length, imageSize, imageSize, 3]);
}
