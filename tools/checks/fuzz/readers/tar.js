import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { damaged } from '@fbsd/testing';
import { unpack } from '../../../../packages/datasets/dist/download/unpack.js';
import { WORDS } from '../damage/text.js';
import { oneOf, requireRight } from '../reader.js';

/** @typedef {import('../reader.js').Draw} Draw */

const BLOCK = 512;
/** Files, links, devices, folders, pipes, and headers for what follows: by their letters. */
const KINDS = ['0', '\0', '1', '2', '3', '4', '5', '6', '7', 'g', 'x', 'L', 'K', 'S', 'V', '?'];
const SIZES = [
  '0',
  '1',
  '777',
  '77777777777',
  '-1',
  '',
  'x',
  '\x80\0\0\0\0\0\0\x01',
  '\xff\xff\xff',
];

/**
 * @param {string} folder
 * @returns {Promise<import('../reader.js').Reader>}
 */
export async function open(folder) {
  mkdirSync(folder);
  const [archive, target] = [join(folder, 'x.tar'), join(folder, 'in', 'target')];
  /** @type {import('../reader.js').Reader['read']} */
  const read = async (files) => {
    writeFileSync(archive, /** @type {Uint8Array} */ (files['x.tar']));
    rmSync(dirname(target), { recursive: true, force: true });
    try {
      await unpack(archive, target);
    } finally {
      const beside = [...readdirSync(dirname(target)), ...readdirSync(folder)].sort();
      requireRight(beside.join() === 'in,target,x.tar', `unpacked beside the folder: ${beside}`);
    }
    requireRight(existsSync(target), 'nothing was unpacked');
  };
  await read({ 'x.tar': gzipSync(archiveOf([{}, { name: 'a/b/c.txt' }])) }, () => 0);
  return { damage: (draw) => ({ 'x.tar': damagedArchive(draw) }), read };
}

/**
 * @param {Draw} draw
 * @returns {Uint8Array}
 */
function damagedArchive(draw) {
  const entries = Array.from({ length: 1 + draw(4) }, (_, i) => {
    const entry = { name: `folder/${i}.txt`, content: Buffer.alloc(draw(3000), 'x') };
    return draw(2) === 0 ? entry : { ...entry, ...oneOf(FAULTS, draw)(draw) };
  });
  let file = archiveOf(entries);
  if (draw(2) === 0) file = damaged(file, draw);
  if (draw(2) === 0) file = gzipSync(file, { level: 1 });
  return draw(4) === 0 && file.length > 0 ? damaged(file, draw) : file;
}

/** @type {readonly ((draw: Draw) => Partial<Entry>)[]} */
const FAULTS = [
  (draw) => ({ name: oneOf(WORDS, draw) }),
  (draw) => ({ name: `folder/${oneOf(WORDS, draw)}` }),
  (draw) => ({ prefix: oneOf(WORDS, draw) }),
  (draw) => ({ kind: oneOf(KINDS, draw) }),
  (draw) => ({
    kind: oneOf(['1', '2'], draw),
    link: oneOf(['..', '/etc', 'folder', '../..', '.'], draw),
  }),
  (draw) => ({ size: oneOf(SIZES, draw) }),
  (draw) => ({ sum: oneOf(SIZES, draw) }),
  (draw) => {
    const [key, value] = [
      oneOf(['path', 'size', 'linkpath', 'mtime', 'uid', 'x'], draw),
      oneOf(WORDS, draw),
    ];
    return { kind: oneOf(['x', 'g'], draw), content: pax(key, value.slice(0, 1000), draw) };
  },
  (draw) => ({ kind: 'L', content: Buffer.from(oneOf(WORDS, draw)) }),
];

/**
 * A record of an extended header, whose length may be a lie.
 *
 * @param {string} key
 * @param {string} value
 * @param {Draw} draw
 */
function pax(key, value, draw) {
  const record = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(record);
  const told = draw(4) === 0 ? oneOf([0, 1, 1e9, -1], draw) : length + String(length + 2).length;
  return Buffer.from(`${told}${record}`);
}

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} prefix of the name
 * @property {string} kind
 * @property {string} link
 * @property {Buffer} content
 * @property {string} size as the header tells it
 * @property {string} sum likewise
 */

/**
 * @param {readonly Partial<Entry>[]} entries
 * @returns {Uint8Array}
 */
function archiveOf(entries) {
  const parts = entries.flatMap(({ content = Buffer.from('text'), ...entry }) => {
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [
      headerOf({ size: content.length.toString(8).padStart(11, '0'), ...entry }),
      content,
      padding,
    ];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/** @param {Partial<Entry> & { size: string }} entry */
function headerOf({ name = 'a.txt', prefix = '', kind = '0', link = '', size, sum }) {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write(size, 124, 12, 'latin1');
  header.write('        ', 148); // no sum yet
  header.write(kind, 156, 1, 'latin1');
  header.write(link, 157, 100);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(prefix, 345, 155);
  const total = header.reduce((before, byte) => before + byte, 0);
  header.write(sum ?? `${total.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return header;
}
