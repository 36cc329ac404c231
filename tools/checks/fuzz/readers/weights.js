import { readdirSync, readFileSync } from 'node:fs';
import { damaged } from '@fbsd/testing';
import { oneOf } from '../reader.js';
import { readTensors } from '../tensors.js';

const FIXTURES = new URL(
  '../../../../packages/torch-weights/test/fixtures/torch/',
  import.meta.url,
);
/** Operations of the pickle machine, names of its classes' modules, and what JSON consists of. */
export const OPERATIONS = [
  ...Buffer.from('(0125NJKMGXUTVBClt)]ae}suqrhjcRbioPQ.{}[]:,"', 'latin1'),
  ...[0x80, 0x81, 0x82, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c],
  ...[0x8f, 0x90, 0x91, 0x92, 0x93, 0x94],
];
/** Files damaged at most this often, one damage on the other. */
const MOST_DAMAGES = 4;

/** @returns {Promise<import('../reader.js').Reader>} */
export async function open() {
  const files = readdirSync(FIXTURES).map((name) => readFileSync(new URL(name, FIXTURES)));
  return {
    damage(draw) {
      let file = Uint8Array.from(oneOf(files, draw));
      for (let times = 1 + draw(MOST_DAMAGES); times > 0 && file.length > 0; times--) {
        file = damaged(file, draw, OPERATIONS);
      }
      return { 'x.pth': file };
    },
    read: (files) => readTensors(files['x.pth'] ?? null),
    megabytes: 384,
  };
}
