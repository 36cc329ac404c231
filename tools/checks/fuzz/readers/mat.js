import { readdirSync, readFileSync } from 'node:fs';
import { readMat } from '../../../../packages/datasets/dist/mat/read.js';
import { damagedMat } from '../damage/mat.js';
import { oneOf, requireRight } from '../reader.js';

const FIXTURES = new URL('../../../../packages/datasets/test/fixtures/mat/', import.meta.url);

/** @returns {Promise<import('../reader.js').Reader>} */
export async function open() {
  const names = readdirSync(FIXTURES).filter((name) => name.endsWith('.mat'));
  const files = names.map((name) => Uint8Array.from(readFileSync(new URL(name, FIXTURES))));
  const read = (/** @type {Uint8Array} */ file) => {
    for (const [name, value] of readMat(file, 'x.mat')) {
      requireRight(typeof name === 'string' && value.dims.length >= 2, 'a variable');
      checkSize(value);
    }
  };
  for (const file of files) read(file);
  return {
    damage: (draw) => ({ 'x.mat': damagedMat(oneOf(files, draw), draw) }),
    read: async (files) => read(/** @type {Uint8Array} */ (files['x.mat'])),
  };
}

/** @param {import('../../../../packages/datasets/dist/mat/values.js').MatValue} value */
function checkSize(value) {
  const count = value.dims.reduce((product, size) => product * size, 1);
  if (value.kind === 'numbers') requireRight(value.values.length === count, 'so many numbers');
  if (value.kind === 'cells') {
    requireRight(value.cells.length === count, 'so many cells');
    value.cells.forEach(checkSize);
  }
}
