/**
 * @typedef {object} Measured
 * @property {'mini' | 'resnet18' | 'resnet34' | 'resnet50' | 'resnet101' | 'densenet121' | 'densenet161'} arch
 * @property {number} size side of the images in pixels
 * @property {number} batch
 * @property {number} [accumulate] batches per step
 * @property {number} threads
 * @property {boolean} skip leaves the arithmetic of the kernels out
 */

/** @type {readonly [Measured['arch'], number, readonly number[]][]} */
const BATCHES = [
  ['resnet50', 448, [2, 4, 5, 6, 7]],
  ['resnet50', 224, [2, 10, 27]],
  ['resnet18', 448, [2, 8, 17]],
  ['resnet18', 224, [16, 64]],
  ['resnet34', 448, [2, 13]],
  ['resnet101', 448, [2, 5]],
  ['densenet121', 448, [2, 11]],
  ['densenet161', 448, [2, 5, 8]],
  ['densenet161', 224, [2, 10]],
  ['mini', 96, [2, 16, 64]],
  ['mini', 224, [16, 64]],
  ['mini', 448, [2, 40]],
];

/** What is measured without arithmetic: largest batches that fit among them. */
export const CASES = BATCHES.flatMap(([arch, size, batches]) =>
  batches.map((batch) => ({ arch, size, batch, threads: 1, skip: true })),
);

/** What is measured with it, on two threads. */
export const WHOLE_CASES = /** @type {const} */ ([
  { arch: 'resnet50', size: 448, batch: 2, threads: 2, skip: false },
  { arch: 'resnet50', size: 448, batch: 5, accumulate: 4, threads: 2, skip: false },
  { arch: 'resnet18', size: 224, batch: 16, threads: 2, skip: false },
  { arch: 'densenet161', size: 224, batch: 4, threads: 2, skip: false },
  { arch: 'mini', size: 96, batch: 16, threads: 2, skip: false },
]);
