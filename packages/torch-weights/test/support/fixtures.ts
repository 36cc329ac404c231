import { readdirSync, readFileSync } from 'node:fs';
import type { StateDict } from '@fbsd/torch-weights';

const folder = new URL('../fixtures/torch/', import.meta.url);

interface Expected {
  shape: number[];
  dtype: string;
  values: number[];
}

/** What PyTorch reads from each fixture, or in words why it must be refused. */
export const EXPECTED = JSON.parse(
  readFileSync(new URL('expected.json', folder), 'utf8'),
) as Record<string, Record<string, Expected> | string>;

export const fixtureFiles = readdirSync(folder).filter((name) => name !== 'expected.json');

export function fixtureUrl(name: string): URL {
  return new URL(name, folder);
}

export function fixture(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(fixtureUrl(name)));
}

/** A state dict in the form of {@link EXPECTED}; every value of the types is exact in float64. */
export function described(dict: StateDict): Record<string, Expected> {
  return Object.fromEntries(
    [...dict].map(([name, { shape, dtype, data }]) => [
      name,
      { shape: [...shape], dtype, values: Array.from<number | bigint, number>(data, Number) },
    ]),
  );
}
