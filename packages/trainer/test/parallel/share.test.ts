import { type Batch, batches, type Communicator, shareOf } from '@fbsd/trainer';
import { anyOf, broadcastJson } from '../../src/parallel/communicator.ts';
import { memoryDataset, memoryPictures } from '../support/memory-pictures.ts';

const shares = (images: number, size: number, least?: number) =>
  Array.from({ length: size }, (_, rank) =>
    shareOf(images, { rank, size, ...(least && { least }) }),
  );

describe('shares of a batch', () => {
  test('are even, as far as that goes, and in order', () => {
    expect(shares(11, 4)).toEqual([
      { first: 0, count: 3, computed: 3 },
      { first: 3, count: 3, computed: 3 },
      { first: 6, count: 3, computed: 3 },
      { first: 9, count: 2, computed: 2 },
    ]);
  });

  test('of too few images are of the first processes; the others compute some that do not count', () => {
    const none = { first: 0, count: 0 };
    expect(shares(2, 4).slice(1)).toEqual([
      { first: 1, count: 1, computed: 1 },
      { ...none, computed: 1 },
      { ...none, computed: 1 },
    ]);
    expect(shares(5, 4, 2)).toEqual([
      { first: 0, count: 3, computed: 3 },
      { first: 3, count: 2, computed: 2 },
      { ...none, computed: 2 },
      { ...none, computed: 2 },
    ]);
  });
});

describe('batches of a process', () => {
  test.each([true, false])(
    'are its shares of the batches of one process; in training: %s',
    async (train) => {
      const { train: samples } = memoryDataset(3, { train: 9, test: 0 });
      const options = { pictures: memoryPictures, imageSize: 30, batchSize: 4, train, seed: 3 };
      const of = async (rank: number | null) => {
        const share = rank === null ? null : { rank, size: 3 };
        const all: Batch[] = [];
        const augment = { trivialAugment: true, randomErasing: 0.5 };
        for await (const batch of batches(samples, { ...options, ...augment, share }))
          all.push(batch);
        return all;
      };
      const whole = await of(null);
      const parts = await Promise.all([0, 1, 2].map(of));
      whole.forEach((batch, i) => {
        const own = parts.map((part) => part[i] as Batch);
        const counting = own.filter(({ whole }) => whole?.count);
        expect(counting.flatMap(({ samples }) => samples)).toEqual(batch.samples);
        expect(counting.flatMap(({ images }) => [...images])).toEqual([...batch.images]);
        for (const { whole, labels } of own) {
          expect(whole?.labels).toEqual(batch.labels);
          const first = whole?.first as number;
          expect(labels).toEqual(batch.labels.slice(first, first + labels.length));
        }
      });
    },
  );
});

describe('what processes tell each other', () => {
  test('is a plain value of the first', () => {
    const sent: Uint8Array[] = [];
    const first: Communicator = {
      ...{ rank: 0, size: 2, allReduceSum: () => {} },
      broadcast: (bytes) => sent.push(bytes.slice()),
    };
    const second = { ...first, rank: 1, broadcast: (to: Uint8Array) => to.set(sent.shift() ?? []) };
    const value = { epoch: 3, name: 'Bänderkörper' };
    expect(broadcastJson(first, value)).toEqual(value);
    expect(broadcastJson(second, null)).toEqual(value);
  });

  test('is that one of them wants to end', () => {
    const sum = (others: number): Communicator => ({
      ...{ rank: 0, size: 3, broadcast: () => {} },
      allReduceSum: (values) => {
        values[0] = (values[0] as number) + others;
      },
    });
    expect(anyOf(sum(0), false)).toBe(false);
    expect(anyOf(sum(1), false)).toBe(true);
    expect(anyOf(sum(0), true)).toBe(true);
  });
});
