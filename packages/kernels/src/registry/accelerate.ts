import { backend as currentBackend, getBackend } from '@tensorflow/tfjs-core';
import { tensorflowReplacements } from '../backends/tensorflow/replacements.ts';
import { wasmReplacements } from '../backends/wasm/replacements.ts';
import { webgpuReplacements } from '../backends/webgpu/replacements.ts';
import { install, type Replacements } from './install.ts';

/** What {@link accelerate} did, and how to undo it. */
export interface Acceleration {
  /** Name of the backend whose kernels were replaced. */
  readonly backend: string;
  /** The kernels that were added or replaced; empty where the backend lacks nothing. */
  readonly kernels: readonly string[];
  /** Puts the backend's own kernels back. Calling it again does nothing. */
  restore(): void;
}

const replacements: Readonly<Record<string, (backend: object) => Replacements>> = {
  tensorflow: tensorflowReplacements,
  wasm: wasmReplacements,
  webgpu: webgpuReplacements,
};

const active = new Map<string, Acceleration>();

/**
 * Adds the training kernels that the current backend lacks and replaces those that are wrong or
 * slow, for every tfjs model: afterwards a plain `model.fit()` of a convolutional network runs on
 * `wasm`. On a backend that lacks nothing (`cpu`) it installs nothing.
 *
 * Call it once, after the backend is ready; a second call returns the same object.
 *
 * ```ts
 * await setBackend('wasm');
 * accelerate();
 * ```
 *
 * @throws Error if no backend is ready yet
 */
export function accelerate(): Acceleration {
  const backend = getBackend();
  if (!backend) {
    throw new Error(
      '[@fbsd/kernels] accelerate: no backend is ready. Call it after `await setBackend(…)` or `await ready()`.',
    );
  }
  const current = active.get(backend);
  if (current) return current;

  const make = replacements[backend];
  const installation = install(backend, make?.(currentBackend()) ?? { kernels: [] });
  const acceleration: Acceleration = {
    backend,
    kernels: installation.kernels,
    restore() {
      if (active.get(backend) !== acceleration) return;
      installation.restore();
      active.delete(backend);
    },
  };
  active.set(backend, acceleration);
  return acceleration;
}
