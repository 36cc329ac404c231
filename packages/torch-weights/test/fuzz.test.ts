import { damaged, uniform } from '@fbsd/testing';
import { type StateDict, WeightFileError } from '@fbsd/torch-weights';
import { readCounted, type Work } from './support/counted-work.ts';
import { fixture, fixtureFiles } from './support/fixtures.ts';
import { bytes, op, type Part, pickle, pth, safetensors, u64 } from './support/pickle.ts';

const FILES_PER_FIXTURE = 400;
/** Steps for a byte: an operation of two bytes, as the shortest text, takes three. */
const MOST_STEPS = 2;
/** Times that a byte is read: to know the kind, for the directory, for the tensor, and one to spare. */
const MOST_READS = 4;
/** What reading one of these files of 4 kB may hold: 4 copies of the file, and a free megabyte. */
const MOST_BYTES = 2 * 2 ** 20;

/** Operations of the pickle machine, by their codes. */
const OPERATIONS = [...'(0125NJKMGXUTVBClt)]ae}suqrhjcRbioPQ.\x81\x82\x92\x93\x94'].map((code) =>
  code.charCodeAt(0),
);
/** A correct read: as many elements as each shape says, in memory of a bounded size. */
function check(dict: StateDict): void {
  const memory = new Set<ArrayBuffer>();
  for (const { shape, data } of dict.values()) {
    expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
    memory.add(data.buffer);
  }
  const held = [...memory].reduce((sum, buffer) => sum + buffer.byteLength, 0);
  expect(held).toBeLessThanOrEqual(MOST_BYTES);
}

test.each(fixtureFiles)(
  'thousands of damaged files: %s',
  async (name) => {
    const original = fixture(name);
    let draws = 0;
    const random = (n: number) => Math.floor(n * uniform(`fuzz.${name}`, draws++));
    let read = 0;
    let refused = 0;
    for (let i = 0; i < FILES_PER_FIXTURE; i++) {
      const file = damaged(original, random, OPERATIONS);
      const work: Work = { steps: 0, bytes: 0 };
      try {
        check(await readCounted(file, work, MOST_STEPS * file.length));
        read++;
      } catch (error) {
        if (!(error instanceof WeightFileError)) {
          throw new Error(`file ${i} of ${name} ended in ${error}`, { cause: error });
        }
        refused++;
      }
      expect(work.bytes).toBeLessThanOrEqual(MOST_READS * file.length);
    }
    expect(refused).toBeGreaterThan(FILES_PER_FIXTURE / 10);
    expect(read + refused).toBe(FILES_PER_FIXTURE);
  },
  60_000,
);

describe('twice the tensors are twice the work', () => {
  const tensors = (count: number) =>
    Array.from({ length: count }, (_, i) => [`layer${1000 + i}.weight`, `${1000 + i}`] as const);
  const zip = (count: number) => {
    const dict: Record<string, Part> = {};
    const storages: Record<string, Uint8Array> = {};
    for (const [name, key] of tensors(count)) {
      dict[name] = op.tensor(op.storage('FloatStorage', key, op.int(1)), 0, [1], [1]);
      storages[key] = new Uint8Array(4);
    }
    return pth(op.dict(dict), storages);
  };
  const legacy = (count: number) => {
    const preamble = fixture('legacy.pth').subarray(0, 137); // magic number, protocol, byte order
    const dict: Record<string, Part> = {};
    for (const [name, key] of tensors(count)) {
      dict[name] = op.tensor(op.storage('FloatStorage', key, op.int(1)), 0, [1], [1]);
    }
    const keys = [']', tensors(count).map(([, key]) => [op.text(key), 'a'])];
    const storages = tensors(count).map(() => [u64(1), new Uint8Array(4)]);
    return bytes(preamble, pickle(op.dict(dict)), pickle(keys), storages);
  };
  const plain = (count: number) => {
    const header = tensors(count).map(([name], i) => [
      name,
      { dtype: 'F32', shape: [1], data_offsets: [4 * i, 4 * i + 4] },
    ]);
    return safetensors(Object.fromEntries(header), new Uint8Array(4 * count));
  };
  test.each([
    ['.pth', zip],
    ['.pth before 1.6', legacy],
    ['.safetensors', plain],
  ])('%s', async (_, file) => {
    const once: Work = { steps: 0, bytes: 0 };
    const twice: Work = { steps: 0, bytes: 0 };
    expect((await readCounted(file(300), once)).size).toBe(300);
    expect((await readCounted(file(600), twice)).size).toBe(600);
    expect(once.steps).toBeGreaterThan(0);
    expect(twice.steps / once.steps).toBeLessThan(2.1);
    expect(twice.bytes / once.bytes).toBeLessThan(2.1);
  });
});
