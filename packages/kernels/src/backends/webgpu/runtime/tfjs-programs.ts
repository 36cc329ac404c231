import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { record, type WebGPUBackend } from './backend.ts';
import { type Bits, numberOf } from './bind-groups.ts';

/*
 * Replaces the work of tfjs around a dispatch that costs more than the dispatch: half of those of a training step
 * are tfjs's own.
 */

/** A program of tfjs's own. */
interface TfjsProgram {
  readonly outputShape: number[];
  readonly dispatch: [number, number, number];
  /** Whether the number of values is a uniform. */
  readonly size?: boolean;
  /** Values that are computed at once. */
  readonly outputComponent?: number;
  readonly pipeline: GPUComputePipeline | Promise<GPUComputePipeline>;
  /** Set where a texture is bound. */
  readonly pixelsOpType?: unknown;
}

interface Field {
  type: string;
  data: number[];
}

type Internals = WebGPUBackend & {
  recordAndSubmit(
    program: TfjsProgram,
    output: TensorInfo,
    inputs: TensorInfo[],
    more?: Field[] | null,
  ): void;
  makeUniforms(fields: Field[]): unknown;
};

/**
 * Changes how a backend records the programs of tfjs's own, uploads tensors and chooses buffers.
 *
 * @returns what changes it back
 */
export function recordTfjsPrograms(backend: WebGPUBackend): () => void {
  const undo = [
    override(backend as Internals, 'recordAndSubmit', recordAsOurs),
    override(backend, 'uploadToGPU', uploadInQueue),
    override(backend.bufferManager, 'releaseBuffer', releaseInOrder),
  ];
  return () => {
    for (const step of undo) step();
  };
}

/** Puts a method on an object over that of its class; returns what takes it away. */
function override<T extends object, K extends keyof T>(
  object: T,
  name: K,
  make: (object: T, stock: T[K]) => T[K],
): () => void {
  const method = object[name] as T[K] & { bind(object: T): T[K] };
  object[name] = make(object, method.bind(object));
  return () => Reflect.deleteProperty(object, name);
}

/** By {@link record}, which keeps bind groups and uniforms from step to step. */
function recordAsOurs(
  backend: Internals,
  stock: Internals['recordAndSubmit'],
): Internals['recordAndSubmit'] {
  const pack = packer(backend);
  return (program, output, inputs, more) => {
    const { pipeline, pixelsOpType } = program;
    if ((pixelsOpType ?? null) !== null || pipeline instanceof Promise) {
      stock(program, output, inputs, more);
      return;
    }
    const tensors = [output, ...inputs];
    const fields: Field[] = [NAN, INFINITY];
    for (let i = 1; i <= inputs.length; i++) pushShape(fields, tensors[i] as TensorInfo);
    pushShape(fields, output);
    if (program.size) {
      const values = util.sizeFromShape(program.outputShape);
      fields.push({ type: 'int32', data: [values / (program.outputComponent || 1)] });
    }
    if (more) fields.push(...more);
    record(backend, {
      name: program.constructor.name,
      pipeline,
      tensors,
      uniforms: pack(fields),
      workgroups: program.dispatch,
    });
  };
}

const NAN: Field = { type: 'float32', data: [Number.NaN] };
const INFINITY: Field = { type: 'float32', data: [Number.POSITIVE_INFINITY] };

function pushShape(fields: Field[], { shape }: TensorInfo): void {
  fields.push({ type: 'int32', data: shape }, { type: 'int32', data: util.computeStrides(shape) });
}

/** tfjs's own layout of uniforms, of which only the bytes are taken. */
function packer({ makeUniforms }: Internals): (fields: Field[]) => Bits {
  let bytes: ArrayBuffer;
  const self = {
    bufferManager: { acquireBuffer: () => null },
    queue: {
      writeBuffer(_buffer: null, _offset: number, data: ArrayBuffer) {
        bytes = data;
      },
    },
    uniformPendingDisposal: { push: () => 0 },
  };
  return (fields) => {
    makeUniforms.call(self as unknown as Internals, fields);
    return new Int32Array(bytes);
  };
}

/**
 * By the queue, for which no buffer is made and no pass ends: the buffer is none that recorded commands
 * use, so that the values may be there before them.
 */
function uploadInQueue(
  backend: WebGPUBackend,
  stock: WebGPUBackend['uploadToGPU'],
): WebGPUBackend['uploadToGPU'] {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  return (dataId) => {
    const data = backend.tensorMap.get(dataId);
    const { values, dtype } = data;
    if (data.resource || !values?.length) {
      stock(dataId);
      return;
    }
    const Values = dtype === 'float32' ? Float32Array : Int32Array;
    const buffer = backend.bufferManager.acquireBuffer(4 * values.length, usage);
    const typed = values instanceof Values ? values : new Values(values);
    backend.device.queue.writeBuffer(buffer, 0, typed);
    data.resource = buffer;
    data.values = null;
  };
}

/**
 * Such that the free buffer that was made first is used next. tfjs takes the one that was released last, so
 * that buffers change places from step to step, and a bind group seldom comes again.
 */
function releaseInOrder(
  manager: WebGPUBackend['bufferManager'],
  stock: WebGPUBackend['bufferManager']['releaseBuffer'],
): WebGPUBackend['bufferManager']['releaseBuffer'] {
  return (buffer, reuse = true) => {
    stock(buffer, reuse);
    if (!reuse) return;
    const free = manager.freeBuffers.get(`${buffer.size}_${buffer.usage}`);
    if (free?.pop() !== buffer) return; // the manager was disposed
    const number = numberOf(buffer);
    let at = free.length;
    while (at > 0 && numberOf(free[at - 1] as GPUBuffer) < number) at--;
    free.splice(at, 0, buffer);
  };
}
