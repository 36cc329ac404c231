import { diversify } from '@fbsd/fdm';
import { type ThreadedWasm, useThreadedWasm } from '@fbsd/kernels/node';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import type { WasmBackend } from '../../../src/backends/wasm/backend.ts';
import { type Acceleration, accelerate, WasmMemoryError } from '../../../src/index.ts';

/** Takes the heap, without touching it, until pieces of this size are refused; returns how many there were. */
function fill(floats: number): { pieces: number; free: () => void; error: unknown } {
  const backend = tf.backend() as WasmBackend;
  const taken: object[] = [];
  const free = () => {
    for (const dataId of taken) backend.disposeData(dataId);
  };
  try {
    for (;;) taken.push(backend.makeOutput([floats], 'float32').dataId);
  } catch (error) {
    return { pieces: taken.length, free, error };
  }
}

const MIB = 2 ** 18; // in floats

function describeHeap(threads: string, start: () => Promise<() => unknown>): void {
  describe(`the heap of wasm on ${threads}`, () => {
    let end: () => unknown;
    beforeAll(async () => {
      end = await start();
    });
    afterAll(() => end());

    test('a tensor that does not fit is refused, and what is there stays', () => {
      const before = tf.range(0, 1000);
      const { pieces, error, free } = fill(512 * MIB);
      expect(pieces).toBe(7); // of 4 GiB, less what small tensors and tfjs itself need
      expect(error).toBeInstanceOf(WasmMemoryError);
      expect((error as Error).message).toMatch(/no 536870912 bytes left.*Use a smaller batch/);
      const rest = fill(8 * MIB);
      expect(rest.error).toBeInstanceOf(WasmMemoryError);
      // Small ones are served from the reserve.
      expect(tf.tidy(() => tf.sum(tf.mul(before, 2)).dataSync()[0])).toBe(999_000);
      expect(() => tf.tidy(() => tf.zeros([8 * MIB]))).toThrow(WasmMemoryError);
      free();
      rest.free();
      const again = fill(512 * MIB);
      expect(again.pieces).toBe(7);
      again.free();
      const small = fill(MIB / 2);
      expect(small.pieces).toBeGreaterThan(7000);
      small.free();
      expect([...before.dataSync()]).toEqual(Array.from({ length: 1000 }, (_, i) => i));
      before.dispose();
    });

    test('more than addresses can tell apart is refused', () => {
      const backend = tf.backend() as WasmBackend;
      expect(() => backend.makeOutput([4096 * MIB + 1], 'float32')).toThrow(WasmMemoryError);
    });

    test('a kernel that fails leaves nothing behind', () => {
      const maps = [tf.ones([1, 8, 1]), tf.ones([1, 5 * MIB, 1])];
      const room = tf.ones([6 * MIB]);
      const { free } = fill(512 * MIB);
      const rest = fill(4 * MIB);
      room.dispose(); // room for the outputs, not for the matrices
      const held = () => [tf.memory().numTensors, tf.backend().numDataIds()];
      const before = held();
      expect(() => diversify(maps)).toThrow(WasmMemoryError);
      expect(held()).toEqual(before);
      free();
      rest.free();
      tf.dispose([...maps, ...diversify(maps)]);
    });
  });
}

describeHeap('one thread', async () => {
  await tf.setBackend('wasm');
  const acceleration: Acceleration = accelerate();
  return () => acceleration.restore();
});

describeHeap('several threads', async () => {
  const wasm: ThreadedWasm = await useThreadedWasm({ threads: 2 });
  return () => wasm.dispose();
});
