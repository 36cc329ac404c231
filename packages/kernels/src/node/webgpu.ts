import {
  findBackendFactory,
  type KernelBackend,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import { accelerate } from '../backends/webgpu/index.ts';
import type { Acceleration } from '../registry/acceleration.ts';
import { checkKnown } from '../registry/known-options.ts';
import { type GPUDescription, type ProductPrecision, requestGPU } from './dawn.ts';
import { GPUWatch, type WatchedBackend } from './gpu-watch.ts';

/** The options of {@link useWebGPU}. */
export interface WebGPUOptions {
  /** Whether a driver that computes on the CPU will do, as for tests. @default false */
  allowSoftware?: boolean;
  /**
   * With what the products of matrices, of convolutions and the FDM, are computed. All else, and all sums,
   * are float32.
   *
   * - `float32`: float32 by the GPU's ordinary units.
   * - `float16x3`: its matrix units, each value as the sum of two 16-bit floats, each product as three:
   *   nearly as exact as float32.
   * - `float16`: its matrix units, each value rounded to a 16-bit float (11 bits), scaled so that neither
   *   large nor small gradients are lost.
   *
   * The matrix units are an experiment of Dawn's. @default 'float32'
   */
  precision?: ProductPrecision;
}

/** How much of the GPU's memory tfjs holds. */
export interface GPUMemory {
  /** Now. */
  readonly bytes: number;
  /** At most so far. */
  readonly peakBytes: number;
}

/** The WebGPU backend in use. */
export interface WebGPU {
  /** What computes. */
  readonly gpu: GPUDescription;
  /** The kernels that were installed. */
  readonly acceleration: Acceleration;
  /** Bytes of GPU memory that tfjs holds, now and at most so far; buffers that wait for reuse included. */
  memory(): GPUMemory;
  /** Gives the GPU back. All tensors of the backend are lost. */
  dispose(): void;
}

let inUse = false;

/**
 * Makes tfjs's WebGPU backend the current one, in Node, on any vendor's GPU and without CUDA, with the
 * kernels of this package (see `accelerate`). Needs the packages `webgpu` and
 * `@tensorflow/tfjs-backend-webgpu`, and a driver: Vulkan, Metal or Direct3D 12.
 *
 * The device has everything that the adapter offers: the largest buffers, the largest workgroups,
 * timestamps, subgroups and 16-bit floats. Values are read with `await tensor.data()`; `dataSync()` of
 * what is on the GPU does not work in Node. A lost device and a full memory show as errors of
 * `data()`: a `GPULostError`, a `GPUMemoryError`. The process ends by itself when its work is done.
 *
 * ```ts
 * const webgpu = await useWebGPU();
 * console.log(webgpu.gpu.name);
 * await model.fit(x, y);
 * webgpu.dispose();
 * ```
 *
 * @throws {NoGPUError} if there is no driver or GPU, or only a software adapter that was not asked for
 * @throws Error if a package is missing, it is in use already, or the GPU lacks what `precision` needs
 */
export async function useWebGPU(options: WebGPUOptions = {}): Promise<WebGPU> {
  checkKnown('[@fbsd/kernels] useWebGPU', options, ['allowSoftware', 'precision']);
  const { allowSoftware = false, precision = 'float32' } = options;
  if (inUse) {
    throw new Error(
      '[@fbsd/kernels] useWebGPU: it is in use already. Call dispose() of the first before starting another.',
    );
  }
  inUse = true;
  try {
    return await start(allowSoftware, precision);
  } catch (error) {
    inUse = false;
    throw error;
  }
}

async function start(allowSoftware: boolean, precision: ProductPrecision): Promise<WebGPU> {
  const { device, gpu, backend } = await requestGPU(allowSoftware, precision);
  const watch = new GPUWatch(backend as WatchedBackend, device, gpu.name);
  if (findBackendFactory('webgpu')) removeBackend('webgpu'); // of tfjs's own making
  registerBackend('webgpu', () => backend as KernelBackend);
  await setBackend('webgpu');
  const acceleration = accelerate();
  let disposed = false;
  return {
    gpu,
    acceleration,
    memory: () => watch.memory(),
    dispose() {
      if (disposed) return;
      disposed = true;
      watch.end();
      acceleration.restore();
      removeBackend('webgpu');
      device.destroy();
      inUse = false;
    },
  };
}
