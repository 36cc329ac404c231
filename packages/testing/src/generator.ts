import type { Values } from './expect-close.ts';

// A global costs a microsecond to look up inside Jest, and goldens take millions of values.
const { imul } = Math;

/**
 * The counter-based generator behind the goldens: numbers that every language computes exactly.
 *
 * Seed: FNV-1a (32 bit) of the name; output: mulberry32's, at position i of the sequence.
 *
 * @returns a number in [0, 1)
 */
export function uniform(name: string, index: number): number {
  return at(seedOf(name), index);
}

/** Inputs, images and upstream gradients: values in [−1, 1), in row-major order of `shape`. */
export function signal(name: string, shape: readonly number[]): Values {
  return fill(name, shape, (r) => r);
}

/**
 * The parameter of a PyTorch module by its name in the state dict, in PyTorch's own layout.
 *
 * Kernels: r·√(6 / fan_in); `…weight` of a batch norm: 1 + 0.1·r (0.2 + 0.02·r for `bn3.weight`);
 * `…bias` and `…running_mean`: 0.1·r; `…running_var`: 1 + 0.5·r, where r is uniform in [−1, 1).
 */
export function parameter(name: string, shape: readonly number[]): Values {
  if (name.endsWith('running_var')) return fill(name, shape, (r) => 1 + 0.5 * r);
  if (name.endsWith('running_mean') || name.endsWith('bias')) {
    return fill(name, shape, (r) => 0.1 * r);
  }
  if (shape.length > 1) {
    const scale = Math.sqrt(6 / shape.slice(1).reduce((a, b) => a * b, 1));
    return fill(name, shape, (r) => r * scale);
  }
  if (name.endsWith('bn3.weight')) return fill(name, shape, (r) => 0.2 + 0.02 * r);
  return fill(name, shape, (r) => 1 + 0.1 * r);
}

function fill(name: string, shape: readonly number[], map: (r: number) => number): Values {
  const seed = seedOf(name);
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = map(2 * at(seed, i) - 1);
  return { shape, data };
}

function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = imul(hash ^ byte, 0x01000193);
  return hash;
}

function at(seed: number, index: number): number {
  const a = (seed + imul(index + 1, 0x6d2b79f5)) | 0;
  let t = imul(a ^ (a >>> 15), a | 1);
  t = (t + imul(t ^ (t >>> 7), t | 61)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
