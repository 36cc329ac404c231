import { accelerate } from '@fbsd/kernels/webgpu';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  findBackendFactory,
  type KernelBackend,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import { nameOf } from './find-gpu.ts';
import type { RunningBackend } from './running-backend.ts';
import { ShaderWatch } from './shader-watch.ts';

/** Used where the adapter has them: 16-bit floats and subgroups make kernels faster. */
const FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

/** Makes tfjs's WebGPU backend the current one, with the kernels of this project. */
export async function startWebGPU(adapter: GPUAdapter): Promise<RunningBackend> {
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: limitsOf(adapter),
  });
  if (findBackendFactory('webgpu')) removeBackend('webgpu'); // tfjs's own, with smaller limits
  const shaders = new ShaderWatch(device);
  const backend = new WebGPUBackend(device, adapter.info as never);
  registerBackend('webgpu', () => backend as unknown as KernelBackend);
  await setBackend('webgpu');
  const acceleration = accelerate();
  let [disposed, isLost] = [false, false];
  const lost = device.lost.then(({ message }) => {
    isLost = true;
    if (disposed) return new Promise<string>(() => {}); // by us
    return `The GPU was lost${message ? ` (${message.split('\n')[0]})` : ''}.`;
  });
  return {
    backend: 'webgpu',
    threads: 1,
    adapter: nameOf(adapter.info),
    lost,
    isLost: () => isLost,
    watchShaders: (onShaders) => shaders.watch(onShaders),
    async dispose() {
      disposed = true;
      acceleration.restore();
      removeBackend('webgpu');
      device.destroy();
    },
  };
}

function limitsOf({ limits }: GPUAdapter): Record<string, number> {
  const all: Record<string, number> = {};
  for (const name in limits) {
    const value: unknown = Reflect.get(limits, name);
    if (typeof value === 'number') all[name] = value;
  }
  return all;
}
