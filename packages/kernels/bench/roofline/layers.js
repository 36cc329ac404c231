/**
 * The shapes of FBSD on ResNet-50 at 256², batch 4, that take most of its time.
 *
 * @typedef {object} Layer a convolution with as many pixels around as its kernel needs
 * @property {number} size side of the image
 * @property {number} from input channels
 * @property {number} to output channels
 * @property {number} kernel
 * @property {number} stride
 */

export const BATCH = 4;

/** @type {readonly Layer[]} */
export const LAYERS = [
  { size: 256, from: 3, to: 64, kernel: 7, stride: 2 },
  { size: 64, from: 64, to: 64, kernel: 1, stride: 1 },
  { size: 64, from: 64, to: 64, kernel: 3, stride: 1 },
  { size: 64, from: 64, to: 256, kernel: 1, stride: 1 },
  { size: 64, from: 256, to: 64, kernel: 1, stride: 1 },
  { size: 64, from: 128, to: 128, kernel: 3, stride: 2 },
  { size: 32, from: 128, to: 128, kernel: 3, stride: 1 },
  { size: 32, from: 128, to: 512, kernel: 1, stride: 1 },
  { size: 32, from: 512, to: 128, kernel: 1, stride: 1 },
  { size: 16, from: 256, to: 256, kernel: 3, stride: 1 },
  { size: 16, from: 256, to: 1024, kernel: 1, stride: 1 },
  { size: 16, from: 1024, to: 256, kernel: 1, stride: 1 },
  { size: 8, from: 512, to: 512, kernel: 3, stride: 1 },
  { size: 8, from: 512, to: 2048, kernel: 1, stride: 1 },
  { size: 8, from: 2048, to: 512, kernel: 1, stride: 1 },
  { size: 32, from: 512, to: 1024, kernel: 3, stride: 1 },
];

/**
 * The products of its FDM on the two largest maps: op(a)·op(b).
 *
 * @type {readonly { rows: number, inner: number, columns: number, transposeA: boolean, transposeB: boolean }[]}
 */
export const PRODUCTS = [
  { rows: 1024, inner: 1024, columns: 256, transposeA: false, transposeB: true },
  { rows: 1024, inner: 256, columns: 1024, transposeA: false, transposeB: false },
  { rows: 256, inner: 1024, columns: 1024, transposeA: true, transposeB: false },
];
