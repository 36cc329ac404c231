type Explicit = [[number, number], [number, number], [number, number], [number, number]];
/** Explicit padding of an image. */
export const explicit = (top: number, bottom: number, left: number, right: number): Explicit => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

/** A case of the conformance suite. */
export interface Convolution {
  x: [number, number, number, number];
  filter: [number, number, number, number];
  strides: number | [number, number];
  pad: 'same' | 'valid' | Explicit;
}

/** Odd sizes, strides, paddings on one side, single images, few and many channels. */
export const convolutions: Convolution[] = [
  { x: [2, 5, 6, 3], filter: [1, 1, 3, 4], strides: 1, pad: 'valid' },
  { x: [2, 5, 6, 5], filter: [1, 1, 5, 9], strides: 2, pad: 'same' },
  { x: [1, 7, 5, 9], filter: [3, 3, 9, 5], strides: 1, pad: 'same' },
  { x: [3, 7, 8, 4], filter: [3, 3, 4, 8], strides: 2, pad: explicit(1, 1, 1, 1) },
  { x: [2, 8, 7, 3], filter: [7, 7, 3, 6], strides: 2, pad: explicit(3, 3, 3, 3) },
  { x: [1, 9, 10, 2], filter: [2, 4, 2, 3], strides: [3, 1], pad: 'valid' },
  { x: [1, 6, 6, 1], filter: [2, 3, 1, 1], strides: [2, 3], pad: 'same' },
  { x: [1, 5, 5, 2], filter: [1, 1, 2, 3], strides: 3, pad: 'valid' },
  { x: [2, 4, 4, 2], filter: [3, 3, 2, 2], strides: 1, pad: explicit(2, 0, 0, 3) },
  { x: [1, 4, 4, 2], filter: [2, 2, 2, 2], strides: 2, pad: explicit(4, 1, 3, 0) },
  { x: [1, 3, 3, 2], filter: [3, 3, 2, 17], strides: 1, pad: 'valid' },
  { x: [2, 13, 11, 8], filter: [3, 3, 8, 16], strides: 1, pad: 'same' },
  { x: [5, 9, 9, 12], filter: [3, 3, 12, 20], strides: 2, pad: 'same' },
];

/** What goes by Winograd's algorithm where there are kernels for it. */
export const winogradConvolutions: Convolution[] = [
  // Many tiles; few; over the border; padding on one side; none.
  { x: [3, 12, 12, 16], filter: [3, 3, 16, 24], strides: 1, pad: 'same' },
  { x: [2, 8, 8, 40], filter: [3, 3, 40, 32], strides: 1, pad: 'same' },
  { x: [5, 7, 11, 24], filter: [3, 3, 24, 16], strides: 1, pad: 'same' },
  { x: [2, 13, 9, 16], filter: [3, 3, 16, 16], strides: 1, pad: explicit(2, 0, 0, 1) },
  { x: [5, 5, 5, 16], filter: [3, 3, 16, 64], strides: 1, pad: 'valid' },
  { x: [20, 8, 8, 16], filter: [3, 3, 16, 16], strides: 1, pad: 'same' },
  { x: [1, 9, 9, 16], filter: [6, 6, 16, 16], strides: 2, pad: 'same' },
];
