import { readStateDict, type StateDict, WeightFileError } from '@fbsd/backbones';
import { uniform } from '@fbsd/testing';
import { fixture, fixtureFiles } from './support/fixtures.ts';

const FILES_PER_FIXTURE = 400;
/** Wall clock for one file; a correct one takes a millisecond. */
const LONGEST_MS = 2000;
/** What reading one of these files of 4 kB may hold: 4 copies of the file, and a free megabyte. */
const MOST_BYTES = 2 * 2 ** 20;

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];
/** Operations of the pickle machine, by their codes. */
const OPERATIONS = [...'(0125NJKMGXUTVBClt)]ae}suqrhjcRbiQ.'].map((code) => code.charCodeAt(0));
const EXTREME_WORDS = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe];

/** Damages a file in one of the ways that disks, networks and people do; `random` draws from [0, n). */
function mutated(file: Uint8Array, random: (n: number) => number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(file);
  const position = random(copy.length);
  const length = 1 + random(64);
  const view = new DataView(copy.buffer);
  switch (random(9)) {
    case 0: // bits
      for (let i = 0; i <= random(8); i++) {
        const at = random(copy.length);
        copy[at] = (copy[at] as number) ^ (1 << random(8));
      }
      return copy;
    case 1: // bytes
      for (let i = 0; i <= random(4); i++) copy[random(copy.length)] = random(256);
      return copy;
    case 2: // an extreme byte
      copy[position] = EXTREMES[random(EXTREMES.length)] as number;
      return copy;
    case 3: // an extreme length or offset
      if (position + 4 <= copy.length) {
        view.setUint32(position, EXTREME_WORDS[random(EXTREME_WORDS.length)] as number, true);
      }
      return copy;
    case 4: // other operations
      for (let i = 0; i <= random(4); i++) {
        copy[random(copy.length)] = OPERATIONS[random(OPERATIONS.length)] as number;
      }
      return copy;
    case 5: // cut off
      return copy.slice(0, position);
    case 6: // a piece is missing
      return Uint8Array.of(...copy.subarray(0, position), ...copy.subarray(position + length));
    case 7: // a piece twice
      return Uint8Array.of(...copy.subarray(0, position + length), ...copy.subarray(position));
    default: // a piece at another place
      copy.copyWithin(random(copy.length), position, position + length);
      return copy;
  }
}

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
    let longest = 0;
    for (let i = 0; i < FILES_PER_FIXTURE; i++) {
      const file = mutated(original, random);
      const start = performance.now();
      try {
        check(await readStateDict(file));
        read++;
      } catch (error) {
        if (!(error instanceof WeightFileError)) {
          throw new Error(`file ${i} of ${name} ended in ${error}`, { cause: error });
        }
        refused++;
      }
      longest = Math.max(longest, performance.now() - start);
    }
    expect(longest).toBeLessThan(LONGEST_MS);
    expect(refused).toBeGreaterThan(FILES_PER_FIXTURE / 10);
    expect(read + refused).toBe(FILES_PER_FIXTURE);
  },
  60_000,
);
