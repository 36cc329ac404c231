import { readdirSync, readFileSync } from 'node:fs';
import { damaged } from '@fbsd/testing';
import { entriesOf, FAULTS, zipOf } from '../damage/zip.js';
import { oneOf } from '../reader.js';
import { readTensors } from '../tensors.js';
import { OPERATIONS } from './weights.js';

const FIXTURES = new URL(
  '../../../../packages/torch-weights/test/fixtures/torch/',
  import.meta.url,
);
const ARCHIVES = /^(zip|wrapped|views|dtypes|dataparallel)\.pth$/;

/** @returns {Promise<import('../reader.js').Reader>} */
export async function open() {
  const names = readdirSync(FIXTURES).filter((name) => ARCHIVES.test(name));
  const archives = names.map((name) => entriesOf(readFileSync(new URL(name, FIXTURES))));
  for (const entries of archives) await readTensors(zipOf({ entries }));
  return {
    damage(draw) {
      /** @type {import("../damage/zip.js").Archive} */
      let archive = { entries: oneOf(archives, draw) };
      for (let times = 1 + draw(3); times > 0; times--)
        archive = oneOf(FAULTS, draw)(archive, draw);
      const file = zipOf(archive);
      return { 'x.pth': draw(6) === 0 ? damaged(file, draw, OPERATIONS) : file };
    },
    read: (files) => readTensors(files['x.pth'] ?? null),
    megabytes: 384,
  };
}
