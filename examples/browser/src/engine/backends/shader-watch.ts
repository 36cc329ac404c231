import type { OnShaders } from './running-backend.ts';

/** Somebody who is told of shaders. */
interface Watcher {
  onShaders: OnShaders;
  done: number;
  total: number;
}

/**
 * Tells of the shaders that a device compiles. tfjs has each compiled when it first needs it, without waiting: asked for
 * it a second time, the browser answers when that is done.
 */
export class ShaderWatch {
  private readonly watchers = new Set<Watcher>();

  constructor(device: GPUDevice) {
    const compile = device.createComputePipeline.bind(device);
    device.createComputePipeline = (descriptor) => {
      const pipeline = compile(descriptor);
      for (const watcher of this.watchers) this.count(watcher, device, descriptor);
      return pipeline;
    };
  }

  /** @returns ends it */
  watch(onShaders: OnShaders): () => void {
    const watcher = { onShaders, done: 0, total: 0 };
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private count(
    watcher: Watcher,
    device: GPUDevice,
    descriptor: GPUComputePipelineDescriptor,
  ): void {
    const done = () => {
      watcher.done++;
      if (this.watchers.has(watcher)) watcher.onShaders(watcher.done, watcher.total);
    };
    watcher.total++;
    watcher.onShaders(watcher.done, watcher.total);
    device.createComputePipelineAsync(descriptor).then(done, done);
  }
}
