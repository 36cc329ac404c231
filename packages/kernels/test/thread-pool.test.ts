import { jest } from '@jest/globals';
import asc from 'assemblyscript/asc';
import { startThread } from '../src/node/thread.ts';
import type { StartThread } from '../src/threads/thread.ts';
import { ThreadPool } from '../src/threads/thread-pool.ts';

const THREADS = 3;

const SOURCE = `
  export function put(index: i32, value: i32): void { store<i32>(4 * index, value); }
  export function fail(yes: bool): void { if (yes) unreachable(); }`;

let code: WebAssembly.Module;
beforeAll(async () => {
  const { binary, stderr } = await asc.compileString(SOURCE, {
    runtime: 'stub',
    enable: ['threads'],
    importMemory: true,
    sharedMemory: true,
    initialMemory: 1,
    maximumMemory: 1,
  });
  if (!binary) throw new Error(String(stderr));
  code = new WebAssembly.Module(binary as Uint8Array<ArrayBuffer>);
});

const pools: ThreadPool[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(pools.splice(0).map((pool) => pool.terminate()));
});

/** A pool, and the integers that `put` writes. */
async function startPool(start: StartThread = startThread) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const pool = new ThreadPool(code, memory, THREADS, start);
  pools.push(pool);
  await pool.ready;
  return { pool, values: new Int32Array(memory.buffer) };
}

const first = (values: Int32Array) => Array.from(values.subarray(0, THREADS));

test('starts a thread for each but the caller', async () => {
  const started: number[] = [];
  await startPool((program, data) => {
    started.push(data.thread);
    return startThread(program, data);
  });
  expect(started).toEqual([1, 2]);
});

test('makes every call, with its arguments, before it returns', async () => {
  const { pool, values } = await startPool();
  for (let i = 1; i <= 2000; i++) {
    pool.run('put', [
      [0, i],
      [1, 2 * i],
      [2, 3 * i],
    ]);
    expect(first(values)).toEqual([i, 2 * i, 3 * i]);
  }
});

test('takes fewer calls than there are threads', async () => {
  const { pool, values } = await startPool();
  pool.run('put', [[0, 5]]);
  expect(first(values)).toEqual([5, 0, 0]);
  pool.run('put', [
    [0, 6],
    [1, 7],
  ]);
  expect(first(values)).toEqual([6, 7, 0]);
});

test('waits awake where the caller may not sleep, as in the main thread of a page', async () => {
  const wait = jest.spyOn(Atomics, 'wait').mockImplementation(() => {
    throw new TypeError('Atomics.wait cannot be called in this context');
  });
  const { pool, values } = await startPool();
  for (let i = 1; i <= 200; i++) {
    pool.run('put', [
      [0, i],
      [1, i],
      [2, i],
    ]);
    expect(first(values)).toEqual([i, i, i]);
  }
  expect(wait).toHaveBeenCalledTimes(1); // to find out
});

test.each([
  ['another thread', [[0], [0], [1]], 'fail failed on another thread'],
  ['this thread', [[1], [0], [0]], WebAssembly.RuntimeError],
])('an error on %s reaches the caller, and the next calls are made', async (_, calls, error) => {
  const { pool, values } = await startPool();
  expect(() => pool.run('fail', calls)).toThrow(error);
  pool.run('put', [
    [0, 4],
    [1, 5],
    [2, 6],
  ]);
  expect(first(values)).toEqual([4, 5, 6]);
});

test('rejects if a thread does not start', async () => {
  const start: StartThread = (program, data) =>
    data.thread === 2
      ? { ready: Promise.reject(new Error('no thread 2')), terminate() {} }
      : startThread(program, data);
  await expect(startPool(start)).rejects.toThrow('no thread 2');
});

test('terminates all threads', async () => {
  const ended: number[] = [];
  const { pool } = await startPool((program, data) => {
    const thread = startThread(program, data);
    const terminate = () => {
      ended.push(data.thread);
      return thread.terminate();
    };
    return { ready: thread.ready, terminate };
  });
  await pool.terminate();
  expect(ended).toEqual([1, 2]);
});
