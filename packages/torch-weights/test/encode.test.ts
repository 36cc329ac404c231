import {
  type DType,
  encodePth,
  encodeSafetensors,
  readStateDict,
  type StateDict,
  type StateTensor,
} from '@fbsd/torch-weights';
import { EVERY_DTYPE, tensor } from './support/tensors.ts';

const scalar = (value: number) => tensor('float32', [], Float32Array.of(value));
const WRITERS = [
  ['.pth', encodePth],
  ['.safetensors', encodeSafetensors],
] as const;

describe.each(WRITERS)('%s', (_, encode) => {
  test('every type comes back', async () => {
    expect([...(await readStateDict(encode(EVERY_DTYPE)))]).toEqual([...EVERY_DTYPE]);
  });

  test('names and their order come back, whatever they are', async () => {
    const names = ['z', 'a.b', '__proto__', 'ü "\n\\', '', 'constructor'];
    const dict = new Map(names.map((name, i) => [name, scalar(i)]));
    expect([...(await readStateDict(encode(dict)))]).toEqual([...dict]);
  });

  test('names that are numbers come back', async () => {
    const dict = new Map(['2', '10', '1'].map((name) => [name, scalar(Number(name))]));
    const read = await readStateDict(encode(dict));
    expect(read).toEqual(dict); // JSON.parse puts them in order
  });

  test('shapes come back: a scalar, nothing in it, many axes', async () => {
    const dict = new Map([
      ['scalar', scalar(7)],
      ['empty', tensor('float32', [2, 0, 3], new Float32Array(0))],
      ['five', tensor('int16', [1, 2, 1, 3, 1], Int16Array.of(1, 2, 3, 4, 5, 6))],
    ]);
    expect(await readStateDict(encode(dict))).toEqual(dict);
  });

  test('data that is a part of its memory, at any place', async () => {
    const memory = Uint8Array.from({ length: 20 }, (_, i) => i);
    const dict = new Map([
      ['bytes', tensor('uint8', [3], memory.subarray(5, 8))],
      ['floats', tensor('float32', [2], new Float32Array(memory.buffer, 8, 2))],
      ['halves', tensor('float16', [2], Float32Array.of(9, 1, 2, 9).subarray(1, 3))],
    ]);
    const read = await readStateDict(encode(dict));
    expect(read.get('bytes')?.data).toEqual(Uint8Array.of(5, 6, 7));
    expect(read.get('floats')?.data).toEqual(new Float32Array(memory.buffer.slice(8, 16)));
    expect(read.get('halves')?.data).toEqual(Float32Array.of(1, 2));
  });

  test('a bool that is not 0 is true', async () => {
    const dict = new Map([['b', tensor('bool', [3], Uint8Array.of(0, 2, 255))]]);
    expect((await readStateDict(encode(dict))).get('b')?.data).toEqual(Uint8Array.of(0, 1, 1));
  });

  test.each([
    [{ dtype: 'float8' }, 'its dtype must be one of float16,bfloat16'],
    [{ dtype: 'toString' }, 'its dtype must be one of'],
    [
      { shape: [3] },
      'data of float32 [3] must be Float32Array of 3 elements; got Float32Array of 2',
    ],
    [{ shape: [-2] }, 'its shape must be a list of whole numbers'],
    [{ shape: 2 }, 'its shape must be'],
    [{ data: [1, 2] }, 'got object'],
    [{ data: Float64Array.of(1, 2) }, 'got Float64Array of 2'],
    [{ dtype: 'int64' }, 'must be BigInt64Array of 2 elements'],
    [{ dtype: 'bool' }, 'must be Uint8Array of 2 elements'],
  ])('refuses %p', (changes, message) => {
    const changed = { ...tensor('float32', [2], Float32Array.of(1, 2)), ...changes } as StateTensor;
    const dict = new Map([['w\n', changed]]);
    expect(() => encode(dict)).toThrow('[@fbsd/torch-weights] tensor "w\\n": ');
    expect(() => encode(dict)).toThrow(message);
  });

  test('refuses what is no Map', () => {
    const dict = { w: scalar(1) } as unknown as StateDict;
    expect(() => encode(dict)).toThrow('a state dict must be a Map');
  });
});

describe('.safetensors', () => {
  test('each tensor begins at a multiple of its elements, without a gap', () => {
    const file = encodeSafetensors(EVERY_DTYPE);
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    const { __metadata__, ...entries } = JSON.parse(
      new TextDecoder().decode(file.subarray(8, 8 + length)),
    );
    expect(__metadata__).toEqual({ format: 'pt' });
    expect(length % 8).toBe(0);
    expect(Object.keys(entries)).toEqual([...EVERY_DTYPE.keys()]);
    const offsets = Object.entries<{ shape: [number]; data_offsets: [number, number] }>(entries);
    for (const [, { shape, data_offsets }] of offsets) {
      const [begin, end] = data_offsets;
      expect(begin % ((end - begin) / shape[0])).toBe(0);
    }
    expect(offsets).toHaveLength(EVERY_DTYPE.size);
  });
  test('refuses the name of the metadata', () => {
    const dict = new Map([['__metadata__', scalar(1)]]);
    expect(() => encodeSafetensors(dict)).toThrow('tensor "__metadata__": the name has another');
  });
});

describe('.pth', () => {
  test('tensors of the same memory share a storage', async () => {
    const tied = Float32Array.of(1, 2, 3, 4);
    const dict = new Map([
      ['encoder', tensor('float32', [2, 2], tied)],
      ['decoder', tensor('float32', [4], tied)],
      ['part', tensor('float32', [2], tied.subarray(0, 2))],
    ]);
    const read = await readStateDict(encodePth(dict));
    expect(read).toEqual(dict);
    const [encoder, decoder, part] = [...read.values()].map(({ data }) => data);
    expect(decoder?.byteOffset).toBe(encoder?.byteOffset);
    expect(decoder?.buffer).toBe(encoder?.buffer);
    expect(part?.byteOffset === encoder?.byteOffset && part?.buffer === encoder?.buffer).toBe(
      false,
    );
  });

  test('the bytes are those that PyTorch was seen to read', async () => {
    // After a change on purpose: tools/checks/torch-round-trip first.
    const digest = await crypto.subtle.digest('SHA-256', encodePth(EVERY_DTYPE));
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
    expect(hex.join('')).toBe('c2d58bf098bfa84e34735d98c2db65ad7ee46e58605fa10b6dd02325dc411008');
  });
});

describe('half precision', () => {
  const patterns = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const widened = async (type: string) => {
    const header = `{"x":{"dtype":"${type}","shape":[65536],"data_offsets":[0,131072]}}`.padEnd(96);
    const file = new Uint8Array(8 + 96 + 131_072);
    file[0] = 96;
    file.set(new TextEncoder().encode(header), 8);
    file.set(new Uint8Array(patterns.buffer), 8 + 96);
    return (await readStateDict(file)).get('x')?.data as Float32Array<ArrayBuffer>;
  };
  const narrowed = (dtype: DType, data: Float32Array<ArrayBuffer>) => {
    const file = encodeSafetensors(new Map([['x', tensor(dtype, [data.length], data)]]));
    return new Uint16Array(file.slice(-2 * data.length).buffer);
  };
  const types = [
    ['float16', 'F16', 0x7c00],
    ['bfloat16', 'BF16', 0x7f80],
  ] as const;

  test.each(types)('every %s is written as it was read, NaNs too', async (dtype, type) => {
    expect(narrowed(dtype, await widened(type))).toEqual(patterns);
  });

  test.each(types)(
    'float32 to the nearest %s, of two to the even one',
    async (dtype, type, end) => {
      const values = (await widened(type)).slice(0, end); // finite, not negative, in order
      const beyond = 2 * (values[end - 1] as number) - (values[end - 2] as number);
      const at = (i: number) => (i < end ? (values[i] as number) : beyond);
      for (const step of [1, 37]) {
        const lower = Array.from({ length: Math.floor(end / step) }, (_, i) => i * step);
        const between = (part: number) =>
          Float32Array.from(lower, (i) => at(i) + part * (at(i + 1) - at(i)));
        expect([...narrowed(dtype, between(0.25))]).toEqual(lower);
        expect([...narrowed(dtype, between(0.75))]).toEqual(lower.map((i) => i + 1));
        expect([...narrowed(dtype, between(0.5))]).toEqual(lower.map((i) => i + (i % 2)));
        expect([
          ...narrowed(
            dtype,
            between(0.25).map((x) => -x),
          ),
        ]).toEqual(lower.map((i) => i | 0x8000));
      }
    },
  );

  test.each(types)('a NaN whose last bits are lost in %s stays one', (dtype, _, infinite) => {
    const [bits] = narrowed(dtype, new Float32Array(Uint32Array.of(0xff800001).buffer));
    expect((bits as number) & 0x7fff).toBeGreaterThan(infinite);
  });
});
