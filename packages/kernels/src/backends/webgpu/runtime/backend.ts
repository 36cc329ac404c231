import { type DataType, env, type KernelBackend, type TensorInfo } from '@tensorflow/tfjs-core';
import { BindGroups, type Bits, makeBindGroup } from './bind-groups.ts';

/*
 * With tfjs-programs.ts the only place that knows tfjs's WebGPU backend from the inside: its buffers,
 * command encoder and timers. Our kernels are recorded into the same compute passes as tfjs's own, so
 * that order, batching of submissions and reuse of buffers are those of the backend.
 */

/** The backend's record of a tensor. */
interface TensorData {
  readonly dtype: DataType;
  /** In JavaScript; gone once they are on the GPU. */
  values?: ArrayLike<number> | null;
  resource?: GPUBuffer | null;
  /** How many tensors have these values in common. */
  readonly refCount: number;
  /** Whether the buffer is the user's. */
  readonly external?: boolean;
}

/** Keeps the backend's buffers for reuse. */
interface BufferManager {
  acquireBuffer(size: number, usage: number): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
  /** By size and usage; the last is the next to be used. */
  readonly freeBuffers: ReadonlyMap<string, GPUBuffer[]>;
  readonly numBytesUsed: number;
  readonly numBytesAllocated: number;
}

/** A tfjs WebGPU backend, version 4.22. */
export type WebGPUBackend = KernelBackend & {
  readonly device: GPUDevice;
  readonly tensorMap: { get(dataId: object): TensorData };
  readonly bufferManager: BufferManager;
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

/** A dispatch for {@link record}. */
export interface Dispatch {
  /** Shown by profilers. */
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  /** In the order of the bindings. */
  readonly tensors: readonly TensorInfo[];
  /** Bound after the tensors. */
  readonly uniforms: Bits;
  readonly workgroups: readonly [number, number, number];
}

/** Records a dispatch into the backend's compute pass. */
export function record(
  backend: WebGPUBackend,
  { name, pipeline, tensors, uniforms, workgroups }: Dispatch,
): void {
  const buffers: GPUBuffer[] = [];
  let foreign = false;
  for (const { dataId } of tensors) {
    backend.uploadToGPU(dataId);
    backend.commandQueueOwnedIds.add(dataId);
    const { resource, external } = backend.tensorMap.get(dataId);
    buffers.push(resource as GPUBuffer);
    foreign ||= external === true;
  }
  const group = foreign
    ? bindOnce(backend, pipeline, buffers, uniforms)
    : bindGroupsOf(backend).get(pipeline, buffers, uniforms);
  const timers = backend.activeTimers;
  const pass = openPass(backend, Boolean(timers));
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...workgroups);
  backend.dispatchCountInPass++;
  if (timers) {
    backend.endComputePassEncoder();
    timers.push({ name, query: backend.getQueryTime() });
  } else if (backend.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

const bindGroups = new WeakMap<WebGPUBackend, BindGroups>();

function bindGroupsOf(backend: WebGPUBackend): BindGroups {
  let known = bindGroups.get(backend);
  if (!known) {
    known = new BindGroups(backend.device, {
      acquire: (uniforms) => uniformBuffer(backend, uniforms),
      release: (buffer) => backend.uniformPendingDisposal.push(buffer),
    });
    bindGroups.set(backend, known);
  }
  return known;
}

/** A bind group that is not kept, for buffers of the user's: it would keep them alive. */
function bindOnce(
  backend: WebGPUBackend,
  pipeline: GPUComputePipeline,
  buffers: readonly GPUBuffer[],
  uniforms: Bits,
): GPUBindGroup {
  const buffer = uniformBuffer(backend, uniforms);
  backend.uniformPendingDisposal.push(buffer);
  return makeBindGroup(backend.device, pipeline, [...buffers, buffer]);
}

/** A buffer with these values. It is none that recorded commands use, so they may be written at once. */
function uniformBuffer({ device, bufferManager }: WebGPUBackend, uniforms: Bits): GPUBuffer {
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM;
  const buffer = bufferManager.acquireBuffer(uniforms.byteLength, usage);
  device.queue.writeBuffer(buffer, 0, uniforms);
  return buffer;
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
