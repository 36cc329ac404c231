import type { DataType, KernelBackend } from '@tensorflow/tfjs-core';
import { GPULostError, GPUMemoryError } from './gpu-error.ts';

/** What is watched of tfjs's WebGPU backend. */
export type WatchedBackend = KernelBackend & {
  readonly bufferManager: {
    acquireBuffer(size: number, ...rest: unknown[]): GPUBuffer;
    readonly numBytesAllocated: number;
  };
  readonly tensorMap: { get(dataId: object): { values?: unknown; dtype: DataType } };
};

const SMALLER = 'Use a smaller batch or smaller images.';

/**
 * Watches a device. WebGPU reports a full memory and a lost device aside, and goes on with nothing in its
 * hands; here they become errors of the next read, which every training loop awaits.
 */
export class GPUWatch {
  private readonly name: string;
  private readonly device: GPUDevice;
  private readonly backend: WatchedBackend;
  private failure: Error | undefined;
  private peakBytes = 0;
  private ended = false;

  constructor(backend: WatchedBackend, device: GPUDevice, name: string) {
    this.backend = backend;
    this.device = device;
    this.name = name;
    device.addEventListener('uncapturederror', this.onError);
    device.lost.then(({ reason, message }) => {
      if (this.ended || reason === 'destroyed') return;
      this.failure ??= new GPULostError(
        `[@fbsd/kernels] useWebGPU: the GPU ${name} was lost (${message.split('\n')[0]}), as when its driver restarts. ` +
          'What was on it is gone: start the process again, from the last checkpoint.',
      );
    });
    this.watchReads();
    this.watchAllocations();
  }

  memory(): { bytes: number; peakBytes: number } {
    return { bytes: this.backend.bufferManager.numBytesAllocated, peakBytes: this.peakBytes };
  }

  end(): void {
    this.ended = true;
    this.device.removeEventListener('uncapturederror', this.onError);
  }

  private readonly onError = (event: Event): void => {
    event.preventDefault();
    const { error } = event as GPUUncapturedErrorEvent;
    this.failure ??=
      error.constructor.name === 'GPUOutOfMemoryError'
        ? new GPUMemoryError(
            `[@fbsd/kernels] useWebGPU: the memory of ${this.name} is full, with ${megabytes(this.memory().bytes)} of tensors in it. ${SMALLER}`,
          )
        : new Error(`[@fbsd/kernels] useWebGPU: ${error.message}`);
  };

  private watchReads(): void {
    const { backend } = this;
    const read = backend.read.bind(backend);
    backend.read = async (dataId) => {
      if (this.failure) throw this.failure;
      try {
        const values = await read(dataId);
        if (this.failure) throw this.failure;
        return values;
      } catch (error) {
        throw this.failure ?? error;
      }
    };
    const readSync = backend.readSync.bind(backend);
    backend.readSync = (dataId) => {
      if (backend.tensorMap.get(dataId).values) return readSync(dataId);
      throw new Error(
        '[@fbsd/kernels] useWebGPU: what is on the GPU cannot be read by dataSync() in Node. Use await tensor.data().',
      );
    };
  }

  private watchAllocations(): void {
    const { bufferManager } = this.backend;
    const acquire = bufferManager.acquireBuffer.bind(bufferManager);
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    bufferManager.acquireBuffer = (size, ...rest) => {
      if (size > most) {
        throw new GPUMemoryError(
          `[@fbsd/kernels] useWebGPU: a tensor of ${megabytes(size)} is more than ${this.name} takes at once (${megabytes(most)}). ${SMALLER}`,
        );
      }
      const buffer = acquire(size, ...rest);
      this.peakBytes = Math.max(this.peakBytes, bufferManager.numBytesAllocated);
      return buffer;
    };
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}
