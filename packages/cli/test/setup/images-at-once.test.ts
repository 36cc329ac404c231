import { fbsd } from '@fbsd/fbsd';
import { inferenceMemory } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { type Inference, imagesAtOnce } from '../../src/setup/images-at-once.ts';
import { largestThatFits } from '../../src/setup/largest-that-fits.ts';
import { memoryRoom, testRoom } from '../../src/setup/memory-room.ts';

let model: LayersModel;
beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
  model = fbsd({ arch: 'mini', classes: 10, imageSize: 96, seed: 1 });
});
afterAll(() => model.dispose());

const wasm = { name: 'wasm', description: 'wasm' } as const;
const nothing = () => {
  throw new Error('nothing is to be said');
};
const wish = (batchSize: number, rest: Partial<Inference> = {}): Inference => ({
  model,
  backend: wasm,
  batchSize,
  given: false,
  ...rest,
});
const roomFor = (images: number) => ({
  bytes: inferenceMemory(model)(images),
  description: 'WebAssembly has 4.29 GB',
});

test('what fits is taken as it is', () => {
  expect(imagesAtOnce(wish(20), nothing, roomFor(20))).toBe(20);
  expect(imagesAtOnce(wish(20, { given: true }), nothing, roomFor(20))).toBe(20);
});

test('what flags did not give is lowered, and it says so', () => {
  const said: string[] = [];
  expect(imagesAtOnce(wish(20), (line) => said.push(line), roomFor(7))).toBe(7);
  expect(said).toEqual([
    expect.stringMatching(
      /^memory {3}20 images at once would need about .*, but WebAssembly has 4\.29 GB: .* it is 7 at once$/,
    ),
  ]);
});

test('what flags gave is refused with the number that fits: a thousand images of the small network fit, ten thousand do not', () => {
  const room = testRoom('wasm', 24e9);
  expect(imagesAtOnce(wish(1000, { given: true }), nothing, room)).toBe(1000);
  let most = 0;
  try {
    imagesAtOnce(wish(10_000, { given: true }), nothing, room);
  } catch (error) {
    const { message, name } = error as Error;
    expect(name).toBe('UserError');
    expect(message).toMatch(
      /^\[fbsd\] --batch-size 10000 would need about 7\.\d+ GB, but WebAssembly has 4\.29 GB/,
    );
    most = Number(/Use --batch-size (\d+), which gives the same results/.exec(message)?.[1]);
  }
  expect(imagesAtOnce(wish(most, { given: true }), nothing, room)).toBe(most);
  expect(() => imagesAtOnce(wish(most + 1, { given: true }), nothing, room)).toThrow(`${most}`);
});

test('where no image fits, it says what else would help', () => {
  expect(() => imagesAtOnce(wish(8), nothing, { ...roomFor(1), bytes: 1000 })).toThrow(
    /for one image, but WebAssembly has .* Use another --backend\.$/,
  );
});

test('a GPU, whose memory nobody tells, gets what was asked for', () => {
  expect(testRoom('webgpu', 24e9)).toBeNull();
  expect(imagesAtOnce(wish(1e6, { given: true }), nothing, null)).toBe(1e6);
});

test('tests leave gaps on wasm alone', () => {
  const [whole, tests] = [memoryRoom('wasm', 24e9), testRoom('wasm', 24e9)];
  expect((tests?.bytes as number) / (whole?.bytes as number)).toBeCloseTo(1 / 2.4);
  expect(testRoom('cpu', 8e9)).toEqual(memoryRoom('cpu', 8e9));
});

test('the largest that fits is found without trying all', () => {
  let tries = 0;
  const upTo = (bound: number) => (size: number) => {
    tries++;
    return size <= bound;
  };
  for (const bound of [0, 1, 2, 7, 8]) expect(largestThatFits(8, upTo(bound))).toBe(bound);
  tries = 0;
  expect(largestThatFits(1e9, upTo(123_456_789))).toBe(123_456_789);
  expect(tries).toBeLessThan(40);
});
