import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Bytes that a buffer has at most: the adapter has 512 MB, a step of ResNet-50 takes more. */
const MAX_BYTES = 2 ** 16;

/**
 * Makes Dawn's null adapter the one that `useWebGPU` will find: it takes every command and computes
 * nothing, so that what a step takes is the host's work. Buffers hold nothing either, and are small,
 * whatever their size says.
 *
 * Call it once, before WebGPU is used.
 */
export async function useNullAdapter() {
  // From where the trainer imports it.
  const { resolve } = createRequire(import.meta.resolve('@fbsd/kernels'));
  const { create, globals } = await import(pathToFileURL(resolve('webgpu')).href);
  // Where @fbsd/kernels looks for the instances of the process: it finds this one, whatever the options.
  const instance = create(['backend=null']);
  const value = { get: () => instance, set: () => {} };
  Object.defineProperty(globals, Symbol.for('@fbsd/kernels Dawn'), { value });
  makeBuffersSmall(globals);
}

/** @param {typeof globalThis} globals Dawn's classes and constants */
function makeBuffersSmall({ GPUDevice, GPUCommandEncoder, GPUQueue, GPUBufferUsage }) {
  /** @type {WeakSet<GPUBuffer>} */
  const small = new WeakSet();
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const { size, usage, mappedAtCreation } = descriptor;
    const written = mappedAtCreation || !(usage & GPUBufferUsage.STORAGE);
    if (written || size <= MAX_BYTES) return createBuffer.call(this, descriptor);
    const buffer = createBuffer.call(this, { ...descriptor, size: MAX_BYTES });
    Object.defineProperty(buffer, 'size', { value: size });
    small.add(buffer);
    return buffer;
  };
  /** @type {{copyBufferToBuffer: (...args: [GPUBuffer, number, GPUBuffer, number, number]) => void}} */
  const encoder = GPUCommandEncoder.prototype;
  const { copyBufferToBuffer } = encoder;
  encoder.copyBufferToBuffer = function (from, first, to, at, size) {
    const bytes = small.has(from) || small.has(to) ? Math.min(size, MAX_BYTES) : size;
    copyBufferToBuffer.call(this, from, first, to, at, bytes);
  };
  const queue = /** @type {{writeBuffer: (buffer: GPUBuffer, ...args: unknown[]) => void}} */ (
    /** @type {unknown} */ (GPUQueue.prototype)
  );
  const { writeBuffer } = queue;
  queue.writeBuffer = function (buffer, ...args) {
    if (!small.has(buffer)) writeBuffer.call(this, buffer, ...args);
  };
}
