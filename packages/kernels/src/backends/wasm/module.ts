import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { ALIGNMENT, aligned } from './arena.ts';
import { addressOf, allocate, free, memoryOf, type WasmBackend } from './backend.ts';
import { compileFor, type Variant } from './code.ts';
import {
  divide,
  dividePairs,
  type PairedWork,
  type Range,
  type Work,
  worthwhileThreads,
} from './shares.ts';
import { type Sizes, sizesOf } from './sizes.ts';

/** The module's functions, or others of the same names, on one thread or several. */
export interface Runner {
  readonly threads: number;
  /** Sizes of the memory that they need. */
  readonly sizes: Sizes;
  /** Calls function `name` once with each list of arguments, at most one for each thread. */
  run(name: string, calls: readonly (readonly number[])[]): void;
}

/** Our WebAssembly module on the heap of one backend. */
export class WasmModule {
  readonly threads: number;
  /** Sizes of the memory that its functions need. */
  readonly sizes: Sizes;
  readonly #backend: WasmBackend;
  readonly #memory: WebAssembly.Memory;
  readonly #runner: Runner;
  #scratch = { address: 0, bytes: 0 };
  /** What the kernel that runs has made. */
  #outputs: TensorInfo[] = [];

  constructor(backend: WasmBackend, runner: Runner) {
    this.#backend = backend;
    this.#memory = memoryOf(backend);
    this.#runner = runner;
    this.threads = runner.threads;
    this.sizes = runner.sizes;
  }

  /** Where the values of a tensor begin. */
  address(tensor: TensorInfo): number {
    return addressOf(this.#backend, tensor);
  }

  /** A new tensor with undefined values. */
  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    const tensor = this.#backend.makeOutput([...shape], dtype);
    this.#outputs.push(tensor);
    return tensor;
  }

  /**
   * A tensor for results in the memory of a given one, which must not be used again; nothing where other tensors share
   * that memory, or the values are still on another backend.
   */
  takeOver({ dataId, shape, dtype }: TensorInfo): TensorInfo | undefined {
    if (this.#backend.refCount(dataId) !== 1) return undefined;
    this.#backend.incRef(dataId);
    const taken = { dataId, shape, dtype };
    this.#outputs.push(taken);
    return taken;
  }

  /** Runs a kernel, and frees its outputs if it fails: tfjs does not know of them yet. */
  runKernel<Result>(kernel: () => Result): Result {
    const outer = this.#outputs;
    this.#outputs = [];
    try {
      return kernel();
    } catch (error) {
      for (const { dataId } of this.#outputs) this.#backend.disposeData(dataId);
      throw error;
    } finally {
      this.#outputs = outer;
    }
  }

  /** The values at an address; valid until the next allocation. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }

  /** The 32-bit integers at an address, likewise. */
  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, length);
  }

  /**
   * Addresses of working memory of the given sizes, each at the beginning of a cache line. The kernel that asked has it
   * until it returns; what was in it before is lost.
   */
  scratch<Areas extends number[]>(...sizes: Areas): { [Area in keyof Areas]: number } {
    const offsets: number[] = [];
    let total = 0;
    for (const size of sizes) {
      offsets.push(total);
      total += aligned(size);
    }
    if (total > this.#scratch.bytes) {
      this.freeScratch();
      this.#scratch = { address: allocate(this.#backend, total + ALIGNMENT), bytes: total };
    }
    const first = aligned(this.#scratch.address);
    const addresses = offsets.map((offset) => first + offset);
    return addresses as { [Area in keyof Areas]: number };
  }

  /** Gives back the memory of {@link scratch}. */
  freeScratch(): void {
    if (this.#scratch.address) free(this.#backend, this.#scratch.address);
    this.#scratch = { address: 0, bytes: 0 };
  }

  /** Sizes for {@link scratch}: an area of so many bytes for each thread, one after the other. */
  forEachThread(bytes: number): number[] {
    return Array(this.threads).fill(bytes);
  }

  /** Writes 32-bit integers to an address. */
  writeIntegers(address: number, values: readonly number[]): void {
    this.integers(address, values.length).set(values);
  }

  call(name: string, ...args: number[]): void {
    this.#runner.run(name, [args]);
  }

  /** Divides the items over the threads; `args` makes the arguments for one range of them. */
  parallel(
    name: string,
    work: Work,
    args: (first: number, last: number, thread: number) => number[],
  ): void {
    const ranges = divide(work.items, work.step ?? 1, this.shares(work));
    this.#runner.run(
      name,
      ranges.map(([first, last], thread) => args(first, last, thread)),
    );
  }

  /** Divides pairs of rows and columns over the threads; `args` makes the arguments for a range of each. */
  parallelPairs(
    name: string,
    work: PairedWork,
    args: (rows: Range, columns: Range, thread: number) => number[],
  ): void {
    const shares = this.sharesOfPairs(work);
    const columns = divide(work.columns.items, 1, shares.columns);
    const blocks = divide(work.rows.items, 1, shares.rows).flatMap((rows) =>
      columns.map((range) => [rows, range] as const),
    );
    this.#runner.run(
      name,
      blocks.map(([rows, columns], thread) => args(rows, columns, thread)),
    );
  }

  /** In how many shares the work will be divided at most. */
  shares({ items, cost, step = 1 }: Work): number {
    return Math.min(this.worthwhileThreads(items * cost), Math.max(1, Math.ceil(items / step)));
  }

  /** In how many ranges of rows, and of columns, pairs will be divided. */
  sharesOfPairs(work: PairedWork): { rows: number; columns: number } {
    const cost = work.rows.items * work.columns.items * work.cost;
    return dividePairs(work, this.worthwhileThreads(cost));
  }

  /** How many of the threads so many multiply-adds are worth; tests divide the least work, too. */
  worthwhileThreads(cost: number): number {
    return worthwhileThreads(this.threads, cost);
  }
}

const modules = new WeakMap<object, WasmModule>();

/** Our module on a backend's heap, made when it is first asked for. */
export function moduleOf(backend: object): WasmModule {
  return (
    modules.get(backend) ?? useModule(backend as WasmBackend, (memory) => singleThread(memory))
  );
}

/** Makes the module of a backend; `start` gets the heap to run it on. */
export function useModule(
  backend: WasmBackend,
  start: (memory: WebAssembly.Memory) => Runner,
): WasmModule {
  const made = new WasmModule(backend, start(memoryOf(backend)));
  modules.set(backend, made);
  return made;
}

/** Makes another module of a backend, for a time; returns what ends it and puts back the one before, if there was one. */
export function replaceModule(
  backend: WasmBackend,
  start: (memory: WebAssembly.Memory) => Runner,
): () => void {
  const before = modules.get(backend);
  const made = useModule(backend, start);
  return () => {
    if (modules.get(backend) !== made) return;
    made.freeScratch();
    if (before) modules.set(backend, before);
    else modules.delete(backend);
  };
}

/** The module on the calling thread alone, in the fastest or in given instructions. */
export function singleThread(memory: WebAssembly.Memory, variant?: Variant): Runner {
  const { exports } = new WebAssembly.Instance(compileFor(memory, variant), { env: { memory } });
  const functions = exports as Record<string, (...args: number[]) => void>;
  return {
    threads: 1,
    sizes: sizesOf(exports),
    run(name, calls) {
      for (const args of calls) functions[name]?.(...args);
    },
  };
}
