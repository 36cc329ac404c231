import { inflateSync } from 'node:zlib';
import { damaged } from '@fbsd/testing';
import { readMat } from '../../../../packages/datasets/dist/mat/read.js';
import { writeMat } from '../../../../packages/datasets/dist/mat/write.js';
import { damagedTree } from './tree.js';

const HEADER = 128;
const TAG = 8;
const COMPRESSED = 15;

/**
 * A MAT-file with other values, or with bytes damaged: of its compressed content or of the file.
 *
 * @param {Uint8Array} file
 * @param {import('../reader.js').Draw} draw
 * @returns {Uint8Array}
 */
export function damagedMat(file, draw) {
  switch (draw(4)) {
    case 0:
      return damaged(file, draw);
    case 1:
      return damaged(uncompressed(file), draw);
    default:
      return withOtherValues(file, draw) ?? damaged(uncompressed(file), draw);
  }
}

/**
 * The same variables without compression, which takes random damage for damage of its own.
 *
 * @param {Uint8Array} file little-endian
 */
function uncompressed(file) {
  const parts = [file.subarray(0, HEADER)];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = HEADER; at + TAG <= file.length; ) {
    const end = at + TAG + view.getUint32(at + 4, true);
    const isCompressed = view.getUint32(at, true) === COMPRESSED;
    parts.push(isCompressed ? inflateSync(file.subarray(at + TAG, end)) : file.subarray(at, end));
    at = end;
  }
  return Uint8Array.from(Buffer.concat(parts));
}

/**
 * @param {Uint8Array} file
 * @param {import('../reader.js').Draw} draw
 * @returns {Uint8Array | null} null for values that cannot be written
 */
function withOtherValues(file, draw) {
  try {
    const values = Object.fromEntries(readMat(file, 'x.mat'));
    return writeMat(damagedTree(JSON.parse(JSON.stringify(values, plain)), draw));
  } catch {
    return null;
  }
}

/** Typed arrays as lists, which JSON can tell. */
function plain(/** @type {string} */ _, /** @type {unknown} */ value) {
  return ArrayBuffer.isView(value) ? Array.from(/** @type {Uint8Array} */ (value)) : value;
}
