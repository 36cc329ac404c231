import { uniform } from '@fbsd/testing';
import { Arena } from '../../../src/backends/wasm/arena.ts';

test('memory is shared out aligned, without overlaps, and all of it is free again in the end', () => {
  const arena = new Arena();
  const size = 10_000;
  arena.add(32, 16);
  arena.add(64, size);
  const taken: { address: number; bytes: number }[] = [];
  let refused = 0;
  for (let i = 0; i < 2000; i++) {
    const r = (salt: string) => uniform(`arena ${salt}`, i);
    if (r('give') < 0.45 && taken.length > 0) {
      const [{ address }] = taken.splice(Math.floor(r('which') * taken.length), 1) as [
        (typeof taken)[0],
      ];
      expect(arena.give(address)).toBe(true);
      expect(arena.give(address)).toBe(false);
      continue;
    }
    const bytes = 1 + Math.floor(r('bytes') * 900);
    const address = arena.take(bytes);
    if (address === 0) {
      refused++;
      continue;
    }
    expect(address % 64).toBe(0);
    expect(address).toBeGreaterThanOrEqual(64);
    expect(address + bytes).toBeLessThanOrEqual(64 + size);
    for (const other of taken) {
      expect(address + bytes <= other.address || other.address + other.bytes <= address).toBe(true);
    }
    taken.push({ address, bytes });
  }
  expect(refused).toBeGreaterThan(0);
  for (const { address } of taken) arena.give(address);
  expect(arena.tail).toBe(size);
  expect(arena.take(size)).toBe(64);
});

test('the smallest part that is large enough is taken', () => {
  const arena = new Arena();
  arena.add(1024, 64);
  arena.add(4096, 32);
  expect(arena.take(32)).toBe(4096);
  expect(arena.take(80)).toBe(0);
});

test('pieces that follow each other, but for records of the allocator, are one part', () => {
  const arena = new Arena();
  arena.add(1024, 112);
  arena.add(1024 + 112 + 16, 112);
  expect(arena.tail).toBe(112);
  arena.add(1024 + 2 * (112 + 16), 112);
  expect(arena.tail).toBe(112 + 16 + 112);
  expect(arena.take(240)).toBe(1024 + 112 + 16);
});

test('the records of the first piece stay, and what lies between pieces of others', () => {
  const arena = new Arena();
  arena.add(1024, 64);
  arena.add(1024 + 64 + 16, 64);
  arena.add(4096, 64);
  expect(arena.take(65)).toBe(0);
  expect(arena.tail).toBe(0);
});

test('the records of a piece that may grow stay', () => {
  const arena = new Arena();
  for (const i of [0, 1, 2]) arena.add(1024 + i * (112 + 16), 112, i === 2);
  expect(arena.tail).toBe(112);
  expect(arena.take(113)).toBe(0);
});

test('what lies elsewhere is not its own', () => {
  expect(new Arena().give(16)).toBe(false);
});
