import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/*
 * The only place that knows tfjs's WebGPU backend from the inside: its buffers, command encoder and
 * timers. Kernels of ours are recorded into the same compute passes as tfjs's own, so that order,
 * batching of submissions and reuse of buffers are those of the backend.
 */

/** A tfjs WebGPU backend, version 4.22. */
export type WebGPUBackend = KernelBackend & {
  readonly device: GPUDevice;
  readonly tensorMap: { get(dataId: object): TensorData };
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number): GPUBuffer;
    readonly numBytesUsed: number;
    readonly numBytesAllocated: number;
  };
  makeTensorInfo(shape: readonly number[], dtype: DataType): TensorInfo;
  /** Gives a tensor a buffer, with its values if it has any in JavaScript. */
  uploadToGPU(dataId: object): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  getQueryTime(): Promise<number>;

  readonly supportTimestampQuery: boolean;
  readonly querySetCount: number;
  /** Tensors that recorded commands use: their buffers are not handed on before the submission. */
  readonly commandQueueOwnedIds: WeakSet<object>;
  /** Buffers to hand on after the submission. */
  readonly uniformPendingDisposal: GPUBuffer[];
  /** Set while `time()` measures. */
  readonly activeTimers?: { name: string; query: Promise<number> }[] | null;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  querySet: GPUQuerySet | null;
  dispatchCountInPass: number;
};

interface TensorData {
  resource?: GPUBuffer | null;
  /** How many tensors have these values in common. */
  readonly refCount: number;
  /** Whether the buffer is a user's. */
  readonly external?: boolean;
}

/** Dispatches that are recorded before they are submitted: tfjs's default. */
const DISPATCHES_IN_PASS = 15;

/** What {@link record} records. */
export interface Dispatch {
  /** Shown by profilers. */
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  /** In the order of the bindings. */
  readonly tensors: readonly TensorInfo[];
  /** Bound after the tensors. */
  readonly uniforms: ArrayBuffer;
  readonly workgroups: readonly [number, number, number];
}

/** Records a dispatch into the backend's compute pass. */
export function record(
  backend: WebGPUBackend,
  { name, pipeline, tensors, uniforms, workgroups }: Dispatch,
): void {
  const { device } = backend;
  const buffers = tensors.map(({ dataId }) => {
    backend.uploadToGPU(dataId);
    backend.commandQueueOwnedIds.add(dataId);
    return backend.tensorMap.get(dataId).resource as GPUBuffer;
  });
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM;
  const sizes = backend.bufferManager.acquireBuffer(uniforms.byteLength, usage);
  device.queue.writeBuffer(sizes, 0, uniforms);
  backend.uniformPendingDisposal.push(sizes);
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [...buffers, sizes].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });

  const timers = backend.activeTimers;
  const pass = openPass(backend, Boolean(timers));
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...workgroups);
  backend.dispatchCountInPass++;
  if (timers) {
    backend.endComputePassEncoder();
    timers.push({ name, query: backend.getQueryTime() });
  } else if (backend.dispatchCountInPass >= DISPATCHES_IN_PASS) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

/** The pass that is open, or a new one: one of its own, with timestamps, for a dispatch that is timed. */
function openPass(backend: WebGPUBackend, timed: boolean): GPUComputePassEncoder {
  backend.ensureCommandEncoderReady();
  const encoder = backend.commandEncoder as GPUCommandEncoder;
  if (timed && backend.supportTimestampQuery) {
    backend.endComputePassEncoder();
    backend.querySet ??= backend.device.createQuerySet({
      type: 'timestamp',
      count: backend.querySetCount,
    });
    backend.computePassEncoder = encoder.beginComputePass({
      timestampWrites: {
        querySet: backend.querySet,
        beginningOfPassWriteIndex: 0,
        endOfPassWriteIndex: 1,
      },
    });
  }
  backend.computePassEncoder ??= encoder.beginComputePass();
  return backend.computePassEncoder;
}

/**
 * A new tensor with the buffer of a given one, of which nothing but its shape may be used any more: so a
 * kernel changes values in place, and for everybody else they are those of a new tensor.
 *
 * @returns undefined if other tensors have the values too
 */
export function takeOver(
  backend: WebGPUBackend,
  { dataId, shape, dtype }: TensorInfo,
): TensorInfo | undefined {
  const given = backend.tensorMap.get(dataId);
  if (given.refCount > 1 || given.external) return undefined;
  backend.uploadToGPU(dataId);
  const taken = backend.makeTensorInfo(shape, dtype);
  backend.tensorMap.get(taken.dataId).resource = given.resource as GPUBuffer;
  given.resource = null;
  return taken;
}
