import { accelerate } from '@fbsd/kernels';
import { useWebGPU } from '@fbsd/kernels/node';
import * as tf from '@tensorflow/tfjs-core';
import { expectAsOnCpu, random } from '../../support/reference.ts';
import { describeWebGPU } from '../../support/webgpu.ts';

/** More than tfjs computes on the CPU, if it can. */
const SIZE = 1200;

/** A tensor of one value, uploaded. */
const all = (value: number) => tf.tensor1d(new Float32Array(SIZE).fill(value));

/** The first value of each. */
async function firsts(tensors: readonly tf.Tensor[]): Promise<number[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose([...tensors]);
  return values.map(([first]) => first as number);
}

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;

/** A buffer of the user's. */
function bufferOf(value: number): GPUBuffer {
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  const usage = STORAGE | COPY_SRC | COPY_DST;
  const buffer = device().createBuffer({ size: 4 * SIZE, usage });
  device().queue.writeBuffer(buffer, 0, new Float32Array(SIZE).fill(value));
  return buffer;
}

describeWebGPU("tfjs's own programs", () => {
  test('with uniforms of every rank, again and again', async () => {
    for (let round = 0; round < 3; round++) {
      await expectAsOnCpu(() => [
        tf.add(random('a', [SIZE]), random('b', [1])),
        tf.transpose(random('a', [40, 50])),
        tf.sum(random('a', [10, 20, 30]), 1),
        tf.pad(random('a', [3, 9, 8, 7]) as tf.Tensor4D, [
          [0, 0],
          [1, 2],
          [0, 3],
          [1, 0],
        ]),
        tf.tile(random('a', [2, 3, 4, 5, 11]), [1, 2, 1, 1, 1]),
        tf.cast(tf.greater(random('a', [SIZE]), random('c', [SIZE])), 'float32'),
      ]);
    }
  });

  test('values that are uploaded between dispatches are those of their own time', async () => {
    const x = all(2);
    const products = tf.tidy(() => Array.from({ length: 70 }, (_, i) => tf.mul(x, all(i))));
    expect(await firsts(products)).toEqual(products.map((_, i) => 2 * i));
    x.dispose();
  });

  test('integers and booleans are uploaded as such', async () => {
    const ints = tf.tidy(() => tf.add(tf.fill([SIZE], 3, 'int32'), tf.fill([SIZE], 4, 'int32')));
    const bools = tf.tidy(() => {
      const yes = tf.tensor1d(new Uint8Array(SIZE).fill(1), 'bool');
      return tf.logicalAnd(yes, tf.tensor1d(new Uint8Array(SIZE).fill(1), 'bool'));
    });
    expect(await firsts([ints, bools])).toEqual([7, 1]);
  });

  test('buffers of the user are read as they are, and can be destroyed', async () => {
    for (const value of [5, 6]) {
      const buffer = bufferOf(value);
      const sum = tf.tidy(() => {
        const x = tf.tensor({ buffer, zeroCopy: true }, [SIZE], 'float32');
        return tf.add(tf.relu(x), x);
      });
      expect(await firsts([sum])).toEqual([2 * value]);
      buffer.destroy();
    }
  });

  test('are timed', async () => {
    const [x, y] = [all(1), all(2)];
    const { kernelMs } = await tf.time(() => tf.tidy(() => tf.mul(tf.add(x, y), y)));
    expect(kernelMs).toBeGreaterThan(0);
    tf.dispose([x, y]);
  });

  test('the bytes on the GPU are the same after 50 steps as after a few', async () => {
    const step = async (i: number) => {
      const results = tf.tidy(() => [1, 2, 3].map((k) => tf.add(tf.mul(all(i), k), all(k))));
      expect(await firsts(results)).toEqual([1, 2, 3].map((k) => i * k + k));
    };
    const bytes = () => {
      const { numBytesInGPU, numBytesAllocatedInGPU } = tf.memory() as unknown as Record<
        string,
        number
      >;
      return { numBytesInGPU, numBytesAllocatedInGPU };
    };
    for (let i = 0; i < 3; i++) await step(i);
    const before = bytes();
    for (let i = 0; i < 50; i++) await step(i);
    expect(bytes()).toEqual(before);
  });

  test("are recorded by tfjs again after accelerate's restore", async () => {
    const backend = tf.backend() as unknown as { bufferManager: object };
    const own = () =>
      [backend, backend.bufferManager].flatMap((object) =>
        ['recordAndSubmit', 'uploadToGPU', 'releaseBuffer'].filter((name) =>
          Object.hasOwn(object, name),
        ),
      );
    expect(own()).toHaveLength(3);
    accelerate().restore();
    expect(own()).toEqual([]);
    expect(await firsts([tf.tidy(() => tf.add(all(1), all(2)))])).toEqual([3]);
    accelerate();
    expect(await firsts([tf.tidy(() => tf.add(all(3), all(2)))])).toEqual([5]);
  });
});

describeWebGPU('another device', (webgpu) => {
  test('starts with nothing of the one before', async () => {
    const sum = async () => firsts([tf.tidy(() => tf.add(all(1), all(2)))]);
    expect(await sum()).toEqual([3]);
    webgpu().dispose();
    const next = await useWebGPU({ allowSoftware: true });
    expect(await sum()).toEqual([3]);
    next.dispose();
  });
});
