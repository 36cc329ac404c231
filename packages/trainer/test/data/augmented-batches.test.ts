import { type AugmentOptions, type Batch, batches, MemoryPictureCache } from '@fbsd/trainer';
import { trivialAugment } from '../../src/data/augment/trivial-augment.ts';
import { randomStream } from '../../src/data/random.ts';
import { normalise } from '../../src/data/transform.ts';
import { memoryDataset, memoryPictures as pictures } from '../support/memory-pictures.ts';

const S = 24;
const dataset = memoryDataset(2, { train: 8, test: 0 });
const options = { pictures, imageSize: S, batchSize: 4, train: true, seed: 3, epoch: 2 };

async function imagesOf(more: object = {}): Promise<Map<number, string>> {
  const all = new Map<number, string>();
  for await (const { images, samples } of batches(dataset.train, { ...options, ...more })) {
    samples.forEach(({ id }, i) => {
      all.set(id, images.slice(i * S * S * 3, (i + 1) * S * S * 3).join());
    });
  }
  return all;
}

test.each<AugmentOptions>([{ trivialAugment: true }, { randomErasing: 1 }])(
  '%j changes what is trained on, the same in any order of decoding, through a cache, and from a later batch on',
  async (augment) => {
    const plain = await imagesOf();
    const changed = await imagesOf(augment);
    const differing = [...changed].filter(([id, images]) => plain.get(id) !== images);
    expect(differing.length).toBeGreaterThan(4);
    expect(await imagesOf({ ...augment, prefetch: 0, reuseMemory: true })).toEqual(changed);
    const cache = new MemoryPictureCache(pictures, { maxBytes: 1e7 });
    expect(await imagesOf({ ...augment, cache })).toEqual(changed);
    const later = await imagesOf({ ...augment, firstBatch: 1 });
    expect(later.size).toBe(4);
    for (const [id, images] of later) expect(images).toBe(changed.get(id));
    expect(await imagesOf({ ...augment, epoch: 3 })).not.toEqual(changed);
    const test = { train: false, epoch: 0 };
    expect(await imagesOf({ ...augment, ...test })).toEqual(await imagesOf(test));
  },
);

test('TrivialAugment sees the crop that the network would have seen', async () => {
  const first = async (more: AugmentOptions): Promise<Batch> => {
    for await (const batch of batches(dataset.train, { ...options, ...more })) return batch;
    throw new Error('no batch');
  };
  const [plain, changed] = [await first({}), await first({ trivialAugment: true })];
  const rgb = Uint8Array.from(plain.images, (value) => Math.round((value + 1) * 127.5));
  const expected = new Float32Array(rgb.length);
  plain.samples.forEach(({ id }, i) => {
    const own = rgb.subarray(i * S * S * 3, (i + 1) * S * S * 3);
    normalise(trivialAugment(own, S, randomStream(3, 2, 2, id)), expected, i * S * S * 3);
  });
  expect(changed.images).toEqual(expected);
});

test.each(['horizontalFlip', 'randomErasing'])(
  'refuses a probability of %s out of range',
  (name) => {
    expect(() => batches(dataset.train, { ...options, [name]: 1.5 })).toThrow(
      `${name} must be a number from 0 to 1; got 1.5`,
    );
  },
);

test('mirrors half of the pictures, all or none as asked, and changes nothing else', async () => {
  const mirrored = (images: string) => {
    const values = images.split(',');
    const turned = values.map((_, i) => {
      const [row, x, channel] = [Math.floor(i / (3 * S)), Math.floor(i / 3) % S, i % 3];
      return values[(row * S + (S - 1 - x)) * 3 + channel];
    });
    return turned.join();
  };
  const [half, none, all] = [
    await imagesOf({ epoch: 1 }),
    await imagesOf({ epoch: 1, horizontalFlip: 0 }),
    await imagesOf({ epoch: 1, horizontalFlip: 1 }),
  ];
  for (const [id, images] of none) expect(all.get(id)).toBe(mirrored(images));
  const kept = [...half].filter(([id, images]) => images === none.get(id));
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(8);
  for (const [id, images] of half) expect([none.get(id), all.get(id)]).toContain(images);
});
