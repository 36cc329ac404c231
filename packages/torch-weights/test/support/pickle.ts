import { deflateRawSync } from 'node:zlib';

/** Bytes, text as UTF-8, or a list of them, one after the other. */
export type Part = number | string | Uint8Array | readonly Part[];

export function bytes(...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  const add = (part: Part): void => {
    if (typeof part === 'number') chunks.push(Uint8Array.of(part));
    else if (typeof part === 'string') chunks.push(new TextEncoder().encode(part));
    else if (part instanceof Uint8Array) chunks.push(part);
    else part.forEach(add);
  };
  add(parts);
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let position = 0;
  for (const chunk of chunks) {
    whole.set(chunk, position);
    position += chunk.length;
  }
  return whole;
}

function u16(value: number): number[] {
  return [value & 255, value >> 8];
}
export function u32(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
}
export function u64(value: number | bigint): number[] {
  return Array.from({ length: 8 }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n));
}

/** Operations of the pickle machine, as a pickle has them. */
export const op = {
  global: (module: string, name: string): Part => ['c', module, '\n', name, '\n'],
  text: (value: string): Part => {
    const encoded = new TextEncoder().encode(value);
    return ['X', u32(encoded.length), encoded];
  },
  int: (value: number): Part => ['J', u32(value)],
  tuple: (...items: Part[]): Part => ['(', items, 't'],
  call: (callable: Part, ...args: Part[]): Part => [callable, '(', args, 'tR'],
  dict: (items: Record<string, Part>): Part => [
    '}(',
    Object.entries(items).map(([key, value]) => [op.text(key), value]),
    'u',
  ],
  storage: (type: string, key: string, length: Part): Part => [
    op.tuple(op.text('storage'), op.global('torch', type), op.text(key), op.text('cpu'), length),
    'Q',
  ],
  /** A tensor of one storage; strides and sizes are taken as they come. */
  tensor: (
    storage: Part,
    offset: number,
    size: readonly number[],
    strides: readonly number[],
  ): Part =>
    op.call(
      op.global('torch._utils', '_rebuild_tensor_v2'),
      storage,
      op.int(offset),
      op.tuple(...size.map(op.int)),
      op.tuple(...strides.map(op.int)),
      0x89,
      op.call(op.global('collections', 'OrderedDict')),
    ),
};

export function pickle(value: Part): Uint8Array<ArrayBuffer> {
  return bytes(0x80, 2, value, '.');
}

interface Entry {
  name: string;
  data: Uint8Array;
  deflate?: boolean;
  /** What the directory says instead of the truth. */
  announced?: number;
}

/** A zip archive as torch.save writes it, if `entries` are what it writes. */
export function zip(entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  let local: Part[] = [];
  let offset = 0;
  const directory: Part[] = [];
  for (const { name, data, deflate = false, announced = data.length } of entries) {
    const packed = deflate ? new Uint8Array(deflateRawSync(data)) : data;
    const sizes = [u32(0), u32(deflate ? packed.length : announced), u32(announced)];
    const common = [u16(20), u16(0), u16(deflate ? 8 : 0), u32(0), sizes, u16(name.length), u16(0)];
    const header = bytes('PK', 3, 4, common, name);
    directory.push([
      'PK',
      1,
      2,
      u16(20),
      common,
      u16(0),
      u16(0),
      u16(0),
      u32(0),
      u32(offset),
      name,
    ]);
    local = [...local, header, packed];
    offset += header.length + packed.length;
  }
  const index = bytes(directory);
  const count = u16(entries.length);
  const end = ['PK', 5, 6, u16(0), u16(0), count, count, u32(index.length), u32(offset), u16(0)];
  return bytes(local, index, end);
}

/** A .pth file of one pickle and its storages. */
export function pth(
  root: Part,
  storages: Record<string, Uint8Array> = {},
): Uint8Array<ArrayBuffer> {
  return zip([
    { name: 'x/data.pkl', data: pickle(root) },
    ...Object.entries(storages).map(([key, data]) => ({ name: `x/data/${key}`, data })),
  ]);
}

/** A .safetensors file. */
export function safetensors(header: unknown, data: Uint8Array = bytes()): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  return bytes(u64(text.length), text, data);
}
