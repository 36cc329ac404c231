import { type BatchLimits, fitBatch } from '../../src/setup/fit-batch.ts';
import { memoryRoom, trainingRoom } from '../../src/setup/memory-room.ts';

/** Room for so many images of 100 MB beside 1 GB, of which 0.1 GB only for steps of several batches. */
function limits(images: number, rest: Partial<BatchLimits> = {}): BatchLimits {
  return {
    settings: { arch: 'resnet50', imageSize: 448, batchSize: 20, accumulate: 1 },
    given: {},
    memoryOf: (batchSize, accumulate) => 9e8 + (accumulate > 1 ? 1e8 : 0) + batchSize * 1e8,
    room: { bytes: 1e9 + images * 1e8, description: 'WebAssembly has 4 GB' },
    ...rest,
  };
}

const settings = (batchSize: number, accumulate = 1) =>
  ({ arch: 'resnet50', imageSize: 448, batchSize, accumulate }) as const;

test.each([
  [30, 20, 1],
  [19, 20, 1], // one more fits, since steps of one batch need less
  [18, 10, 2],
  [9, 5, 4],
  [7, 5, 4],
  [4, 4, 5],
  [3, 2, 10],
  [2, 2, 10],
])('where %i images fit, 20 become batches of %i, %i per step', (images, batchSize, accumulate) => {
  expect(fitBatch(limits(images))).toEqual({ batchSize, accumulate });
});

test('as many images per step as possible where they cannot be divided', () => {
  expect(fitBatch(limits(7, { settings: settings(13) }))).toEqual({ batchSize: 7, accumulate: 2 });
  expect(fitBatch(limits(7, { settings: settings(22) }))).toEqual({ batchSize: 6, accumulate: 4 });
});

test('a batch that was asked for is refused with the flags that fit', () => {
  expect(() => fitBatch(limits(7, { given: { batchSize: 20 } }))).toThrow(
    '[fbsd] --batch-size 20 needs about 2.9 GB, but WebAssembly has 4 GB: at most 7 images fit into a batch. ' +
      'Use --batch-size 5 --accumulate 4, which makes the same step of smaller batches (only batch norms see 5 images instead), or another --backend.',
  );
  const thirteen = limits(7, { settings: settings(13), given: { batchSize: 13 } });
  expect(() => fitBatch(thirteen)).toThrow(
    'Use --batch-size 7 --accumulate 2, which makes a step of 14 images',
  );
  expect(fitBatch(limits(7, { settings: settings(8), given: { batchSize: 8 } }))).toEqual({
    batchSize: 8,
    accumulate: 1,
  });
});

test('what --accumulate says is never changed', () => {
  const asked = limits(7, { settings: settings(20, 2), given: { accumulate: 2 } });
  expect(() => fitBatch(asked)).toThrow(
    /^\[fbsd\] --accumulate 2 with batches of 20 images needs .* Use --batch-size 5 --accumulate 8,/,
  );
  const four = limits(7, { settings: settings(7, 2), given: { accumulate: 2, batchSize: 7 } });
  expect(fitBatch(four)).toEqual({ batchSize: 7, accumulate: 2 });
});

test('where two images do not fit, it says what else would help', () => {
  expect(() => fitBatch(limits(1))).toThrow(
    '[fbsd] resnet50 at 448 pixels needs about 1.1 GB for a batch of 2 images, the fewest that batch norm can train on, but WebAssembly has 4 GB. Use a smaller --image-size, a smaller --arch or another --backend.',
  );
});

test('any batch is taken where the memory is not known', () => {
  expect(fitBatch(limits(0, { room: null }))).toEqual({ batchSize: 20, accumulate: 1 });
});

test('the room is the heap of wasm, or the machine where that is smaller', () => {
  expect(memoryRoom('wasm', 24e9)).toEqual({
    bytes: 0.92 * 2 ** 32,
    description: 'WebAssembly has 4.29 GB',
  });
  expect(memoryRoom('wasm', 2e9)).toEqual({
    bytes: 1.6e9 / 1.06,
    description: 'this machine has 2 GB',
  });
  expect(memoryRoom('node', 16e9)).toEqual({
    bytes: 15.6e9 / 1.5,
    description: 'this machine has 16 GB',
  });
  expect(memoryRoom('node')?.bytes).toBeGreaterThan(0);
  expect(trainingRoom('wasm', 'resnet50', 24e9)).toEqual(memoryRoom('wasm', 24e9));
  expect(trainingRoom('wasm', 'densenet161', 24e9)?.bytes).toBe((0.92 * 2 ** 32) / 1.22);
  expect(trainingRoom('native', 'densenet161', 2e9)?.bytes).toBe(1.6e9 / 1.06 / 1.22);
  expect(trainingRoom('node', 'densenet161', 16e9)).toEqual(memoryRoom('node', 16e9));
  expect(trainingRoom('webgpu', 'densenet161', 16e9)).toBeNull();
  expect(memoryRoom('webgpu', 16e9)).toBeNull();
  expect(memoryRoom('node-gpu', 16e9)).toBeNull();
});
