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
import type { OnShaders, RunningBackend } from './running-backend.ts';

/** Used where the adapter has them: 16-bit floats and subgroups make kernels faster. */
const FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

/** Makes tfjs's WebGPU backend the current one, with the kernels of this project. */
export async function startWebGPU(adapter: GPUAdapter): Promise<RunningBackend> {
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: limitsOf(adapter),
  });
  if (findBackendFactory('webgpu')) removeBackend('webgpu'); // tfjs's own, with smaller limits
  const backend = new WebGPUBackend(device, adapter.info as never);
  registerBackend('webgpu', () => backend as unknown as KernelBackend);
  await setBackend('webgpu');
  const acceleration = accelerate();
  let disposed = false;
  const lost = device.lost.then(({ message }) => {
    if (disposed) return new Promise<string>(() => {}); // by us
    return `The GPU was lost${message ? ` (${message.split('\n')[0]})` : ''}.`;
  });
  return {
    backend: 'webgpu',
    threads: 1,
    adapter: nameOf(adapter.info),
    lost,
    watchShaders: (onShaders) => watchShaders(device, onShaders),
    async dispose() {
      disposed = true;
      acceleration.restore();
      removeBackend('webgpu');
      device.destroy();
    },
  };
}

/**
 * tfjs has every shader compiled when it first needs it, without waiting. Asked a second time, the browser answers when
 * that is done.
 */
function watchShaders(device: GPUDevice, onShaders: OnShaders): () => void {
  let [done, total, watching] = [0, 0, true];
  const compile = device.createComputePipeline;
  device.createComputePipeline = (descriptor) => {
    const pipeline = compile.call(device, descriptor);
    const count = () => {
      done++;
      if (watching) onShaders(done, total);
    };
    total++;
    onShaders(done, total);
    device.createComputePipelineAsync(descriptor).then(count, count);
    return pipeline;
  };
  return () => {
    watching = false;
    Reflect.deleteProperty(device, 'createComputePipeline'); // the prototype's is below
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
