import { crc32, deflateRawSync } from 'node:zlib';
import { damaged } from '@fbsd/testing';
import { oneOf } from '../reader.js';
import { WORDS } from './text.js';

/** @typedef {import('../reader.js').Draw} Draw */

/**
 * A record of an archive. What its headers say may be other than what is so.
 *
 * @typedef {object} Entry
 * @property {string | Uint8Array} name
 * @property {Uint8Array} data
 * @property {boolean} [deflated]
 * @property {Partial<Told>} [local] what the header before the data says instead of the truth
 * @property {Partial<Told>} [central] what the directory says instead of the truth
 * @property {Uint8Array} [extra] extra fields of the directory
 * @property {string} [comment]
 */

/** @typedef {{ flags: number, method: number, crc: number, packed: number, size: number, offset: number, signature: number }} Told */

/**
 * @typedef {object} Archive
 * @property {readonly Entry[]} entries
 * @property {Partial<{ entries: number, size: number, offset: number, disk: number }>} [end] what the end says instead of the truth
 * @property {string} [comment]
 * @property {Uint8Array} [before] stands before all
 * @property {Uint8Array} [behind] stands behind all
 */

const NUMBERS = [0, 1, 7, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/**
 * The records of an archive as torch.save writes it: not compressed.
 *
 * @param {Buffer} file
 * @returns {Entry[]}
 */
export function entriesOf(file) {
  const end = file.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const entries = [];
  let at = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    const [size, lengths] = [
      file.readUInt32LE(at + 24),
      [28, 30, 32].map((place) => file.readUInt16LE(at + place)),
    ];
    const [name = 0, extra = 0, comment = 0] = lengths;
    const local = file.readUInt32LE(at + 42);
    const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    entries.push({
      name: file.toString('utf8', at + 46, at + 46 + name),
      data: Uint8Array.from(file.subarray(from, from + size)),
    });
    at += 46 + name + extra + comment;
  }
  return entries;
}

/**
 * Each makes one thing of an archive wrong.
 *
 * @type {readonly ((archive: Archive, draw: Draw) => Archive)[]}
 */
export const FAULTS = [
  // Names: foreign ones, those of other records.
  changed((entry, draw) => ({ ...entry, name: oneOf(WORDS, draw).slice(0, 60_000) })),
  changed((entry, draw) => ({
    ...entry,
    name: `${entry.name}${oneOf(WORDS, draw).slice(0, 1000)}`,
  })),
  changed((entry, draw) => ({ ...entry, name: oneOf(WORDS, draw).slice(0, 1000) + entry.name })),
  changed((entry, draw) => ({ ...entry, name: damaged(Buffer.from(entry.name), draw) })),
  changed((entry, draw, { entries }) => ({ ...entry, name: oneOf(entries, draw).name })),
  // Content.
  changed((entry, draw, { entries }) => ({ ...entry, data: oneOf(entries, draw).data })),
  changed((entry, draw) => ({
    ...entry,
    data: entry.data.length > 0 ? damaged(entry.data, draw) : entry.data,
  })),
  changed((entry, draw) => ({
    ...entry,
    data: entry.data.subarray(0, draw(entry.data.length + 1)),
  })),
  changed((entry, draw) => ({ ...entry, data: new Uint8Array(draw(1e6)), deflated: true })),
  changed((entry) => ({ ...entry, deflated: true })),
  changed((entry) => ({ ...entry, central: { ...entry.central, method: 8 } })), // and it is not
  // What the headers say.
  changed((entry, draw) => ({ ...entry, central: { ...entry.central, ...lie(draw) } })),
  changed((entry, draw) => ({ ...entry, local: { ...entry.local, ...lie(draw) } })),
  changed((entry, draw) => {
    const said = lie(draw);
    return { ...entry, local: { ...entry.local, ...said }, central: { ...entry.central, ...said } };
  }),
  changed((entry, draw) => ({ ...entry, extra: extraOf(draw) })),
  changed((entry, draw) => ({ ...entry, comment: oneOf(WORDS, draw).slice(0, 60_000) })),
  // The directory.
  ({ entries, ...rest }, draw) => ({
    ...rest,
    entries: entries.toSpliced(draw(entries.length), 1),
  }),
  ({ entries, ...rest }, draw) => ({ ...rest, entries: [...entries, oneOf(entries, draw)] }),
  ({ entries, ...rest }, draw) => ({ ...rest, entries: [oneOf(entries, draw), ...entries] }),
  ({ entries, ...rest }) => ({ ...rest, entries: entries.toReversed() }),
  (archive, draw) => ({
    ...archive,
    entries: Array(1 + draw(30))
      .fill(archive.entries)
      .flat()
      .slice(0, 60),
  }),
  (archive, draw) => {
    const field = oneOf(/** @type {const} */ (['entries', 'size', 'offset', 'disk']), draw);
    return { ...archive, end: { ...archive.end, [field]: oneOf(NUMBERS, draw) } };
  },
  (archive, draw) => ({
    ...archive,
    comment: oneOf([...WORDS, 'PK\x05\x06'], draw).slice(0, 60_000),
  }),
  (archive, draw) => ({ ...archive, before: new Uint8Array(draw(100)) }),
  (archive, draw) => ({ ...archive, behind: new Uint8Array(draw(70_000)) }),
];

/**
 * @param {(entry: Entry, draw: Draw, archive: Archive) => Entry} change
 * @returns {(archive: Archive, draw: Draw) => Archive}
 */
function changed(change) {
  return (archive, draw) => {
    const { entries } = archive;
    if (entries.length === 0) return archive;
    const at = draw(entries.length);
    return {
      ...archive,
      entries: entries.with(at, change(/** @type {Entry} */ (entries[at]), draw, archive)),
    };
  };
}

/** @param {Draw} draw */
function lie(draw) {
  const fields = /** @type {const} */ ([
    'flags',
    'method',
    'crc',
    'packed',
    'size',
    'offset',
    'signature',
  ]);
  return { [oneOf(fields, draw)]: draw(3) === 0 ? draw(5000) : oneOf(NUMBERS, draw) };
}

/** Fields beside those of a header: of sizes beyond 32 bits, of names in Unicode, or unknown; their length may be a lie. @param {Draw} draw */
function extraOf(draw) {
  const content = Array.from({ length: draw(40) }, () => oneOf([0, 1, 0x7f, 0xff], draw));
  const told = draw(4) === 0 ? oneOf(NUMBERS, draw) & 0xffff : content.length;
  return Uint8Array.of(...u16(oneOf([1, 0x7075, 0x9999], draw)), ...u16(told), ...content);
}

/**
 * The archive, as wrong as it is told to be.
 *
 * @param {Archive} archive
 * @returns {Uint8Array}
 */
export function zipOf({
  entries,
  end = {},
  comment = '',
  before = new Uint8Array(),
  behind = new Uint8Array(),
}) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const {
    name,
    data,
    deflated = false,
    local,
    central,
    extra = new Uint8Array(),
    comment = '',
  } of entries) {
    const packed = deflated ? deflateRawSync(data) : data;
    const bytes = Buffer.from(name);
    const truth = {
      flags: 0x800,
      method: deflated ? 8 : 0,
      crc: crc32(data),
      packed: packed.length,
      size: data.length,
    };
    const first = { signature: 0x04034b50, ...truth, ...local };
    const header = Buffer.from([
      ...u32(first.signature),
      ...u16(20),
      ...common(first, bytes.length),
      ...u16(0),
      ...bytes,
    ]);
    const second = { signature: 0x02014b50, offset, ...truth, ...central };
    const note = Buffer.from(comment);
    directory.push(
      Buffer.from([
        ...u32(second.signature),
        ...u16(20),
        ...u16(20),
        ...common(second, bytes.length),
      ]),
      Buffer.from([
        ...u16(extra.length),
        ...u16(note.length),
        ...u16(0),
        ...u16(0),
        ...u32(0),
        ...u32(second.offset),
      ]),
      bytes,
      extra,
      note,
    );
    parts.push(header, packed);
    offset += header.length + packed.length;
  }
  const index = Buffer.concat(directory);
  const count = entries.length;
  const told = { entries: count, size: index.length, offset, disk: 0, ...end };
  const note = Buffer.from(comment);
  const tail = Buffer.from([
    ...u32(0x06054b50),
    ...[told.disk, told.disk, told.entries, told.entries].flatMap(u16),
    ...u32(told.size),
    ...u32(told.offset),
    ...u16(note.length),
  ]);
  return Uint8Array.from(Buffer.concat([before, ...parts, index, tail, note, behind]));
}

/**
 * What both headers of a record have in common.
 *
 * @param {Omit<Told, 'offset' | 'signature'>} told
 * @param {number} nameLength
 */
function common({ flags, method, crc, packed, size }, nameLength) {
  return [
    ...u16(flags),
    ...u16(method),
    ...u32(0),
    ...[crc, packed, size].flatMap(u32),
    ...u16(nameLength),
  ];
}

/** @param {number} value */
function u16(value) {
  return [value & 0xff, (value >>> 8) & 0xff];
}

/** @param {number} value */
function u32(value) {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}
