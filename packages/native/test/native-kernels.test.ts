import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { instructionSets, NativeKernels, startNativeKernels } from '../src/index.ts';
import { loadAddon } from '../src/load.ts';
import { BUILT, describeBuilt } from './support/built.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const COUNT = 1000;
/** Places on the heap of what the kernel `reluGradient` reads and writes; 0 is nowhere. */
const [DY, Y, DX] = [16, 16 + 4 * COUNT, 16 + 8 * COUNT];
const PAGE = 65536;

const plain = () => new WebAssembly.Memory({ initial: 1, maximum: 8 });
const shared = () => new WebAssembly.Memory({ initial: 1, maximum: 8, shared: true });

/** Writes what the kernel reads. */
function fill(memory: WebAssembly.Memory, sign = 1): void {
  const dy = Float32Array.from({ length: COUNT }, (_, i) => sign * (i + 1));
  new Float32Array(memory.buffer, DY, COUNT).set(dy);
  new Float32Array(memory.buffer, Y, COUNT).set(dy.map((_, i) => (i % 3) - 1));
  new Float32Array(memory.buffer, DX, COUNT).fill(Number.NaN);
}

/** Calls it on so many threads. */
function run(kernels: NativeKernels, memory: WebAssembly.Memory, calls: number): void {
  const cut = (share: number) => Math.floor((COUNT * share) / calls);
  kernels.run(
    memory,
    'reluGradient',
    Array.from({ length: calls }, (_, i) => [DY, Y, DX, cut(i), cut(i + 1)]),
  );
}

/** Checks what it wrote. */
function check(memory: WebAssembly.Memory, sign = 1): void {
  const expected = Array.from({ length: COUNT }, (_, i) => (i % 3 === 2 ? sign * (i + 1) : 0));
  expect(Array.from(new Float32Array(memory.buffer, DX, COUNT))).toEqual(expected);
}

describeBuilt('NativeKernels', () => {
  test.each([
    ['plain', 1, plain],
    ['plain', 2, plain],
    ['plain', 4, plain],
    ['shared', 1, shared],
    ['shared', 2, shared],
    ['shared', 4, shared],
  ])('computes on %s memory with %p threads, also after it grew', (_, threads, make) => {
    const kernels = startNativeKernels({ threads });
    const memory = make();
    for (let calls = 1; calls <= threads; calls++) {
      fill(memory);
      run(kernels, memory, calls);
      check(memory);
    }
    memory.grow(2);
    fill(memory, -1);
    run(kernels, memory, threads);
    check(memory, -1);
    expect(new Uint8Array(memory.buffer, PAGE).every((byte) => byte === 0)).toBe(true);
  });

  test('computes on several memories in turn', () => {
    const kernels = startNativeKernels({ threads: 2 });
    const memories = [plain(), shared()];
    for (const [i, memory] of memories.entries()) fill(memory, i + 1);
    for (const memory of memories) run(kernels, memory, 2);
    for (const [i, memory] of memories.entries()) check(memory, i + 1);
  });

  test('each instruction set tells its name, constants and sizes', () => {
    for (const instructions of instructionSets()) {
      const kernels = startNativeKernels({ threads: 1, instructions });
      expect(kernels.instructions).toBe(instructions);
      expect(kernels.threads).toBe(1);
      const { COLUMNS, panelBytes } = kernels.sizes;
      expect(COLUMNS).toBeGreaterThan(0);
      if (typeof panelBytes !== 'function') throw new Error('panelBytes is no function');
      expect(panelBytes(3, 1)).toBe(4 * 3 * Number(COLUMNS));
    }
    expect(startNativeKernels({ threads: 1 }).instructions).toBe(instructionSets()[0]);
  });

  test('knows its functions', () => {
    const kernels = startNativeKernels({ threads: 1 });
    expect(kernels.has('reluGradient')).toBe(true);
    expect(kernels.has('panelBytes')).toBe(false); // which tells a size
    expect(() => kernels.run(plain(), 'panelBytes', [[1, 1]])).toThrow('no function panelBytes');
  });

  test('refuses what would end the process', () => {
    const kernels = startNativeKernels({ threads: 2 });
    const args = [DY, Y, DX, 0, 1];
    expect(() => kernels.run(plain(), 'reluGradient', [args, args.slice(1)])).toThrow(
      '[@fbsd/native] reluGradient takes 5 arguments; got 4. @fbsd/native and @fbsd/kernels do not fit together: ' +
        'install the same version of both.',
    );
    expect(() => kernels.run(plain(), 'reluGradient', [args, args, args])).toThrow(
      '[@fbsd/native] reluGradient: 3 calls, but 2 threads.',
    );
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses %p threads', (threads) => {
    expect(() => startNativeKernels({ threads })).toThrow(
      `[@fbsd/native] threads must be a positive integer; got ${threads}.`,
    );
  });

  test('engines are independent of each other, and of those that are collected', async () => {
    const kept = [1, 2, 4].map((threads) => startNativeKernels({ threads }));
    for (let round = 0; round < 20; round++) {
      const memory = shared();
      fill(memory);
      run(new NativeKernels(loadAddon(), kept[0]?.instructions ?? 'AVX2', 3), memory, 3);
      check(memory);
      for (const kernels of kept) {
        fill(memory, round + 1);
        run(kernels, memory, kernels.threads);
        check(memory, round + 1);
      }
      collectGarbage();
      await new Promise(setImmediate); // engines are deleted in a turn of their own
    }
  });

  test('workers compute with engines of their own, and end while others compute', async () => {
    const memory = shared();
    fill(memory);
    const kernels = startNativeKernels({ threads: 2 });
    const { functions } = loadAddon().describe(loadAddon().start(kernels.instructions, 1));
    const work = `
      const { workerData: { built, instructions, index, memory, args }, parentPort } = require('node:worker_threads');
      const addon = require(built);
      const engine = addon.start(instructions, 2);
      const heap = new Uint8Array(memory.buffer);
      for (let i = 0; i < 2000; i++) addon.run(engine, index, heap, Float64Array.from(args), 2);
      parentPort.postMessage('done');`;
    const workers = [0, 1, 2].map((worker) => {
      const own = shared();
      fill(own, worker + 2);
      const args = [DY, Y, DX, 0, 500, DY, Y, DX, 500, COUNT];
      const index = functions.findIndex(({ name }) => name === 'reluGradient');
      const workerData = {
        built: BUILT,
        instructions: kernels.instructions,
        index,
        memory: own,
        args,
      };
      const thread = new Worker(work, { eval: true, workerData });
      const ended = new Promise((resolve, reject) => {
        thread.on('error', reject);
        thread.on('exit', resolve);
      });
      return { own, ended };
    });
    for (let i = 0; i < 2000; i++) run(kernels, memory, 2);
    for (const [worker, { own, ended }] of workers.entries()) {
      expect(await ended).toBe(0);
      check(own, worker + 2);
    }
    check(memory);
    fill(memory, 7);
    run(kernels, memory, 2);
    check(memory, 7);
  });
});
