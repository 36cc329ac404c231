/** For every output position: the first input position it reads, and `count` fixed-point weights. */
export interface FilterWeights {
  first: Int32Array;
  weights: Int32Array;
  count: number;
}

/**
 * The input positions that the outputs from, from + 1, … read, and how much of each: a triangle filter's.
 *
 * @param fractionBits of the weights: with 22 of them and 8 of a pixel a sum stays below 2³¹
 */
export function filterWeights(
  inputSize: number,
  outputSize: number,
  from: number,
  outputs: number,
  fractionBits: number,
): FilterWeights {
  const scale = inputSize / outputSize;
  const support = Math.max(1, scale);
  const inverse = 1 / support;
  const first = new Int32Array(outputs);
  const kernels: number[][] = [];
  for (let i = 0; i < outputs; i++) {
    const centre = (from + i + 0.5) * scale;
    const end = Math.min(inputSize, Math.trunc(centre + support + 0.5));
    let start = Math.max(0, Math.trunc(centre - support + 0.5));
    const kernel: number[] = [];
    for (let x = start; x < end; x++) {
      const weight = 1 - Math.abs((x - centre + 0.5) * inverse);
      if (weight > 0) kernel.push(weight);
      else if (kernel.length === 0) start++;
    }
    const sum = kernel.reduce((a, b) => a + b, 0);
    kernels.push(kernel.map((weight) => Math.trunc((weight / sum) * 2 ** fractionBits + 0.5)));
    first[i] = start;
  }
  // One count for all makes the inner loops simple; the kernels at the far edge move back to fit.
  const count = Math.max(...kernels.map((kernel) => kernel.length));
  const weights = new Int32Array(outputs * count);
  for (const [i, kernel] of kernels.entries()) {
    const excess = Math.max(0, (first[i] as number) + count - inputSize);
    first[i] = (first[i] as number) - excess;
    weights.set(kernel, i * count + excess);
  }
  return { first, weights, count };
}

/** Outputs in the opposite order. */
export function reverse({ first, weights, count }: FilterWeights): void {
  first.reverse();
  weights.reverse(); // which also turns the weights of each output …
  for (let at = 0; at < weights.length; at += count) weights.subarray(at, at + count).reverse();
}
