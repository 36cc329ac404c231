import { readStateDict } from '@fbsd/torch-weights';
import { readStateDict as readFromPath } from '@fbsd/torch-weights/node';
import { described, EXPECTED, fixture, fixtureFiles, fixtureUrl } from './support/fixtures.ts';
import { bytes, op, pickle, pth, safetensors, u64, zip } from './support/pickle.ts';

const readable = fixtureFiles.filter((name) => typeof EXPECTED[name] === 'object');

describe('readStateDict', () => {
  test('has a fixture of every kind', () => {
    expect(readable).toHaveLength(8);
  });

  describe.each(readable)('%s holds exactly what PyTorch reads from it', (name) => {
    const expected = EXPECTED[name];
    test('from an ArrayBuffer', async () => {
      expect(described(await readStateDict(fixture(name).buffer))).toEqual(expected);
    });
    test('from a part of an ArrayBuffer that is not aligned', async () => {
      const shifted = bytes(0, fixture(name)).subarray(1);
      expect(described(await readStateDict(shifted))).toEqual(expected);
    });
    test('from a Buffer of Node', async () => {
      const buffer = Buffer.from(bytes(0, fixture(name)).buffer).subarray(1);
      expect(described(await readStateDict(buffer))).toEqual(expected);
    });
    test('from a Blob', async () => {
      expect(described(await readStateDict(new Blob([fixture(name)])))).toEqual(expected);
    });
    test('from a path', async () => {
      expect(described(await readFromPath(fixtureUrl(name)))).toEqual(expected);
    });
  });

  test('keeps the order of the file', async () => {
    const names = [...(await readStateDict(fixture('zip.pth'))).keys()];
    expect(names).toEqual(Object.keys(EXPECTED['zip.pth'] as object));
  });

  // Header lengths whose bytes look like a pickle (0x80 2) and like a zip archive ("PK").
  test.each([0x280, 0x4b50])('a .safetensors header of %i bytes', async (length) => {
    const header = '{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'.padEnd(length);
    expect(described(await readStateDict(safetensors(header, bytes(7))))).toEqual({
      w: { dtype: 'uint8', shape: [1], values: [7] },
    });
  });

  test('shares the memory of a .safetensors file', async () => {
    const file = fixture('plain.safetensors');
    const weight = (await readStateDict(file)).get('4.weight');
    expect(weight?.data.buffer).toBe(file.buffer);
  });
});

describe('half precision', () => {
  // Every one of the 65,536 bit patterns, against a decoder that computes instead of moving bits.
  const patterns = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const read = async (dtype: string) => {
    const header = { x: { dtype, shape: [65_536], data_offsets: [0, 131_072] } };
    const dict = await readStateDict(safetensors(header, new Uint8Array(patterns.buffer)));
    return Array.from(dict.get('x')?.data as Float32Array);
  };
  const value = (bits: number, exponentBits: number, fractionBits: number) => {
    const sign = bits >> (exponentBits + fractionBits) ? -1 : 1;
    const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
    const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
    const bias = 2 ** (exponentBits - 1) - 1;
    if (exponent === 2 ** exponentBits - 1) return fraction ? Number.NaN : sign / 0;
    return exponent
      ? sign * (1 + fraction) * 2 ** (exponent - bias)
      : sign * fraction * 2 ** (1 - bias);
  };
  test.each([
    ['F16', 5, 10],
    ['BF16', 8, 7],
  ])('%s is widened exactly', async (dtype, exponentBits, fractionBits) => {
    const expected = Array.from(patterns, (bits) => value(bits, exponentBits, fractionBits));
    expect(await read(dtype)).toEqual(expected);
  });
});

describe('unusual PyTorch files', () => {
  const four = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
  const storage = op.storage('FloatStorage', '0', op.int(4));
  const tensor = op.tensor(storage, 0, [2, 2], [2, 1]);
  const expected = { w: { dtype: 'float32', shape: [2, 2], values: [1, 2, 3, 4] } };
  const read = async (file: Uint8Array<ArrayBuffer>) => described(await readStateDict(file));

  test('a compressed archive', async () => {
    const many = new Uint8Array(4096).map((_, i) => i % 251);
    const root = op.tensor(op.storage('ByteStorage', '0', op.int(4096)), 0, [4096], [1]);
    const file = zip([
      { name: 'data.pkl', data: pickle(op.dict({ w: root })), deflate: true },
      { name: 'data/0', data: many, deflate: true },
    ]);
    expect((await read(file))['w']?.values).toEqual([...many]);
  });

  test.each(['state_dict', 'model_state_dict', 'model', 'net', 'network', 'weights'])(
    'a checkpoint with the weights under %s',
    async (key) => {
      const root = op.dict({ epoch: op.int(3), [key]: op.dict({ w: tensor, version: op.int(2) }) });
      expect(await read(pth(root, { 0: four }))).toEqual(expected);
    },
  );

  test('parameters, with and without state, and tensors of the first version', async () => {
    const first = op.call(
      op.global('torch._utils', '_rebuild_tensor'),
      storage,
      op.int(0),
      op.tuple(op.int(2), op.int(2)),
      op.tuple(op.int(2), op.int(1)),
    );
    const parameter = op.call(op.global('torch._utils', '_rebuild_parameter'), tensor, 0x88, '}');
    const old = [op.call(op.global('torch.nn.parameter', 'Parameter'), first), '}b'];
    for (const w of [first, parameter, old]) {
      expect(await read(pth(op.dict({ w }), { 0: four }))).toEqual(expected);
    }
  });

  test('types without a storage type of their own', async () => {
    const w = op.call(
      op.global('torch._utils', '_rebuild_tensor_v3'),
      op.tuple(
        op.text('storage'),
        op.global('torch.storage', 'UntypedStorage'),
        op.text('0'),
        op.text('cpu'),
        op.int(6),
      ),
      'Q',
      op.int(1),
      op.tuple(op.int(2)),
      op.tuple(op.int(1)),
      0x89,
      '}',
      op.global('torch', 'uint16'),
    );
    const file = pth(op.dict({ w }), { 0: bytes(1, 0, 2, 1, 255, 255) });
    expect(await read(file)).toEqual({
      w: { dtype: 'uint16', shape: [2], values: [258, 65_535] },
    });
  });

  test('protocol 4: frames, memo, stack global, short text', async () => {
    const name = (text: string) => [0x8c, text.length, text, 0x94];
    const ordered = [name('collections'), name('OrderedDict'), 0x93, 0x94, ')R', 0x94];
    const file = zip([
      {
        name: 'x/data.pkl',
        data: bytes(0x80, 4, 0x95, u64(20), ordered, '(', name('w'), tensor, 'u.'),
      },
      { name: 'x/data/0', data: four },
    ]);
    expect(await read(file)).toEqual(expected);
  });

  test('an OrderedDict made of pairs', async () => {
    const pairs = ['](', [']', '(', op.text('w'), tensor, 'e'], 'e'];
    const root = op.call(op.global('collections', 'OrderedDict'), pairs);
    expect(await read(pth(root, { 0: four }))).toEqual(expected);
  });

  test('the views that files before PyTorch 0.4 have of a storage', async () => {
    const preamble = fixture('legacy.pth').subarray(0, 137); // magic number, protocol, byte order
    const view = op.tuple(op.text('v'), op.int(1), op.int(2));
    const window = op.tuple(
      op.text('storage'),
      op.global('torch', 'FloatStorage'),
      op.text('7'),
      op.text('cpu'),
      op.int(4),
      view,
    );
    const root = op.dict({ w: op.tensor([window, 'Q'], 0, [2], [1]) });
    const keys = pickle([']', op.text('7'), 'a']);
    const file = bytes(preamble, pickle(root), keys, u64(4), four);
    expect(await read(file)).toEqual({ w: { dtype: 'float32', shape: [2], values: [2, 3] } });
  });

  test('expanded and overlapping views of a small storage', async () => {
    const root = op.dict({ w: op.tensor(storage, 1, [3, 2], [0, 1]) });
    const { w } = await read(pth(root, { 0: four }));
    expect(w?.values).toEqual([2, 3, 2, 3, 2, 3]);
  });

  test('a file from the path of a string', async () => {
    expect((await readFromPath(fixtureUrl('plain.safetensors').pathname)).size).toBe(8);
  });
});
