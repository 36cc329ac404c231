import { getKernelsForBackend, util } from '@tensorflow/tfjs-core';
import { replaceKernels } from './replace-kernels.js';

/**
 * What a kernel was called with, and what came.
 *
 * @typedef {object} Call
 * @property {any} inputs tensors by name, or a list of them
 * @property {any} [attrs]
 * @property {import('@tensorflow/tfjs-core').TensorInfo} output the first one
 */

/** @param {{ shape: number[] }} tensor */
const sizeOf = ({ shape }) => util.sizeFromShape(shape);

/**
 * Products that are added up by the kernels that do nearly all arithmetic, as their definition has them: convolutions count
 * as direct ones, whatever algorithm does them.
 *
 * @type {Readonly<Record<string, (call: Call) => number>>}
 */
const PRODUCTS = {
  Conv2D: forward,
  FusedConv2D: forward,
  Conv2DBackpropInput: ({ inputs: { dy, filter } }) => sizeOf(dy) * taps(filter.shape),
  Conv2DBackpropFilter: ({ inputs: { dy }, attrs }) => sizeOf(dy) * taps(attrs.filterShape),
  BatchMatMul: product,
  _FusedMatMul: product,
  // Of each pair of maps, three products of their positions, and seven in the gradient; one less in both with similarities.
  FbsdSimilarities: ({ inputs }) => pairs(inputs),
  FbsdDiversify: ({ inputs, attrs: { similarities } }) =>
    similarities ? 2 * pairs(inputs.slice(0, -1)) : 3 * pairs(inputs),
  FbsdDiversifyGradient: ({ inputs }) =>
    (inputs.length % 2 ? 6 : 7) * pairs(inputs.slice(0, Math.floor(inputs.length / 2))),
};

/** @param {Call} call */
function forward({ inputs: { filter }, output }) {
  return sizeOf(output) * taps(filter.shape);
}

/** Of one output: [h,w,in,out]. @param {number[]} filterShape */
function taps(filterShape) {
  return util.sizeFromShape(filterShape.slice(0, 3));
}

/** @param {Call} call */
function product({ inputs: { a }, attrs: { transposeA }, output }) {
  return sizeOf(output) * a.shape.at(transposeA ? -2 : -1);
}

/** Maps [B,…,C]: B·Sᵢ·Sⱼ·C of all pairs. @param {{ shape: number[] }[]} maps */
function pairs(maps) {
  return maps.reduce(
    (sum, map, i) =>
      maps.slice(i + 1).reduce((of, { shape }) => {
        const positions = util.sizeFromShape(shape.slice(1, -1));
        return of + sizeOf(map) * positions;
      }, sum),
    0,
  );
}

/**
 * Counts the arithmetic of a step, a multiplication and an addition as two.
 *
 * @param {string} backendName tfjs's name: wasm, tensorflow
 * @param {() => Promise<unknown>} step
 * @returns {Promise<number>} GFLOP
 */
export async function gflopOf(backendName, step) {
  let products = 0;
  let depth = 0; // what a kernel computes by others is counted once
  const configs = getKernelsForBackend(backendName).filter(
    ({ kernelName }) => PRODUCTS[kernelName],
  );
  replaceKernels(
    configs.map(({ kernelName, kernelFunc, ...rest }) => ({
      ...rest,
      kernelName,
      kernelFunc: (params) => {
        depth++;
        try {
          const result = kernelFunc(params);
          const output = /** @type {Call['output']} */ ([result].flat()[0]);
          if (depth === 1) products += PRODUCTS[kernelName]?.({ ...params, output }) ?? 0;
          return result;
        } finally {
          depth--;
        }
      },
    })),
  );
  try {
    await step();
  } finally {
    replaceKernels(configs);
  }
  return (2 * products) / 1e9;
}
