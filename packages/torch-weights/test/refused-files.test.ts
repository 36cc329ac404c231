import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readStateDict, WeightFileError } from '@fbsd/torch-weights';
import { readStateDict as readFromPath } from '@fbsd/torch-weights/node';
import { EXPECTED, fixture, fixtureFiles, fixtureUrl } from './support/fixtures.ts';
import { bytes, op, type Part, pickle, pth, safetensors, u32, u64, zip } from './support/pickle.ts';

/** Why a file is refused; fails where it is read, or where the error is not the package's own. */
async function refusal(file: Uint8Array<ArrayBuffer>): Promise<string> {
  const error = await readStateDict(file, { name: 'x.pth' }).then(
    () => new Error('it was read'),
    (error: unknown) => error,
  );
  if (!(error instanceof WeightFileError)) throw error;
  return error.message;
}

const storage = (length = 4) => op.storage('FloatStorage', '0', op.int(length));
const bytesOf = (length: number) => ({ 0: new Uint8Array(4 * length) });

describe('fixtures that must be refused', () => {
  const refused = fixtureFiles.filter((name) => typeof EXPECTED[name] === 'string');
  test.each(refused)('%s', async (name) => {
    await expect(readFromPath(fixtureUrl(name))).rejects.toThrow(WeightFileError);
    expect(await refusal(fixture(name))).toContain('[@fbsd/torch-weights] x.pth');
  });
  test('there are four of them, and each says why', async () => {
    expect(refused).toHaveLength(4);
    expect(await refusal(fixture('malicious.pth'))).toMatch(
      /x\.pth, record data\.pkl: refused the global "posix\.system".*nothing of the file was run/,
    );
    expect(await refusal(fixture('truncated.pth'))).toContain('cut off or damaged');
    expect(await refusal(fixture('truncated.safetensors'))).toContain(
      'its tensors take 604 bytes, but 594 follow the header',
    );
    expect(await refusal(fixture('hugeheader.safetensors'))).toContain(
      'its header announces 4611686018427387904 bytes in a file of 10',
    );
  });
});

describe('what a pickle must not have', () => {
  const call = (module: string, name: string) =>
    op.call(op.global(module, name), op.text('touch x'));
  test.each([
    ['a call', call('os', 'system'), '"os.system"'],
    ['a builtin', call('builtins', 'eval'), '"builtins.eval"'],
    ['a stack global', [op.text('posix'), op.text('system'), 0x93], '"posix.system"'],
    ['an instance', ['(', 'i', 'posix\nsystem\n'], '"posix.system"'],
    ['a long name', op.global('os', 'a'.repeat(1e5)), `${'a'.repeat(97)}…"`],
    ['control characters', op.global('os', '\u001b[31m'), '\\u001b[31m'],
  ] as [string, Part, string][])('an attack: %s is refused by its name', async (_, root, name) => {
    const message = await refusal(pth(op.dict({ w: op.tensor(storage(), 0, [4], [1]), x: root })));
    expect(message).toContain('refused the global');
    expect(message).toContain(name);
    expect(message).toContain('nothing of the file was run');
    expect(message.length).toBeLessThan(500);
  });

  const made = (module: string, name: string) => [op.global(module, name), ')', 0x81, '}b'];
  test.each([
    ['a whole model', made('__main__', 'Net'), '"__main__.Net"', 'state_dict(), file)'],
    [
      'a whole model beside other things',
      op.dict({ epoch: op.int(3), model: made('torchvision.models.resnet', 'ResNet') }),
      '"torchvision.models.resnet.ResNet"',
      'state_dict(), file)',
    ],
    [
      'a whole model of an old file, with its source',
      [
        op.tuple(op.text('module'), op.global('__main__', 'Net'), op.text('n.py'), op.text('…')),
        'Q)',
        0x81,
        '}b',
      ],
      '"__main__.Net"',
      'state_dict(), file)',
    ],
    ['TorchScript', made('__torch__.net', 'Net'), '"__torch__.net.Net"', 'torch.jit.load(file)'],
    ['a long name', made('a'.repeat(1e5), 'b'), `${'a'.repeat(100)}…"`, 'state_dict(), file)'],
    ['control characters', made('\u001b[31m', 'b'), '\\u001b[31m', 'state_dict(), file)'],
  ] as [string, Part, string, string][])(
    '%s: it says what it is and what to do',
    async (_, root, name, advice) => {
      const message = await refusal(pth(root));
      expect(message).toContain(name);
      expect(message).toContain(advice);
      expect(message.length).toBeLessThan(500);
    },
  );

  test.each([
    ['calls what is no function', [op.text('x'), ')R'], 'calls what is no function'],
    [
      'calls a storage type',
      [op.global('torch', 'FloatStorage'), ')R'],
      'calls the type torch.Float',
    ],
    ['makes an object of a number', [op.int(1), ')', 0x81], 'calls what is no function'],
    ['an object of nothing', '(o', 'calls what is no function'],
    [
      'a tensor of a subclass that makes itself',
      [
        op.global('torch._tensor', '_rebuild_from_type_v2'),
        ['q', 1, ']', 'q', 2, '(h', 1, 'Nh', 2, 'eR'],
      ],
      'made by what makes no tensors',
    ],
    ['sets the state of a list', [']', '}b'], 'sets the state'],
    ['persistent id of half a storage', [op.tuple(op.text('storage')), 'Q'], 'no storage of'],
    ['empty stack', 'R', 'empty stack'],
    ['no mark', 't', 'no mark'],
    ['unknown memo', ['h', 9], 'nothing under number 9'],
    ['appends to a dict', ['}', 'Na'], 'appends to what is no list'],
    ['sets an item of a list', [']', 'NNs'], 'no dict'],
    ['a key without a value', ['}(', 'Nu'], 'key without a value'],
    ['a text longer than the file', ['X', u32(2 ** 31), 'x'], '2147483648 bytes are announced'],
    [
      'a text of 2⁶⁴ bytes',
      [0x8d, u64(2n ** 64n - 1n)],
      '18446744073709551615 bytes are announced',
    ],
    ['a huge whole number', [0x8b, u32(1e6), new Uint8Array(1e6)], 'whole number of 1000000 bytes'],
    ['protocol 9', [0x80, 9], 'protocol above 5'],
    [
      'an OrderedDict of no pairs',
      op.call(op.global('collections', 'OrderedDict'), 'N'),
      'no pairs',
    ],
  ] as [string, Part, string][])('%s', async (_, root, message) => {
    expect(await refusal(pth(root))).toContain(message);
  });

  test('bombs end: endless operations, nested lists, one list made into dicts again and again', async () => {
    const operations = new Uint8Array(2 ** 20 + 8).fill(0x7d); // 2²⁰ dicts
    expect(await refusal(pth(operations))).toContain('more than 1048576 operations');
    const nested = pth([new Uint8Array(5e5).fill(0x5d), new Uint8Array(499_999).fill(0x61)]);
    expect(await refusal(nested)).toContain('no dict');
    const doubled = pth([']q', 0, Array.from({ length: 60 }, () => '0](h\x00h\x00eq\x00')]);
    expect(await refusal(doubled)).toContain('no dict');
    const pairs = op.tuple(...Array.from({ length: 2e4 }, () => ')'));
    const again = [op.global('collections', 'OrderedDict'), 'q', 1, '0', pairs, 'q', 2, '0'];
    const bomb = pth([again, Array.from({ length: 100 }, () => ['h', 1, 'h', 2, 0x85, 'R0']), 'N']);
    expect(await refusal(bomb)).toContain('OrderedDicts of too many pairs');
  });

  test('recursive containers', async () => {
    expect(await refusal(pth(['}q', 0, op.text('model'), 'h', 0, 's']))).toContain(
      'got a dict of "model"',
    );
  });
});

describe('tensors are checked before anything is made of them', () => {
  test.each([
    ['beyond its storage', op.tensor(storage(), 2, [3], [1]), '["3"] with strides ["1"] from 2'],
    ['huge sizes', op.tensor(storage(), 0, [2 ** 30, 2 ** 30, 2 ** 30], [0, 0, 0]), 'does not fit'],
    ['negative stride', op.tensor(storage(), 3, [3], [-1]), 'no whole numbers'],
    ['fewer strides than sizes', op.tensor(storage(), 0, [2, 2], [1]), 'does not fit'],
    ['no storage', op.tensor('N', 0, [1], [1]), 'tensor without storage'],
    [
      'sizes that are no list',
      op.call(op.global('torch._utils', '_rebuild_tensor_v2'), storage(), op.int(0), 'N', 'N'),
      'no whole numbers',
    ],
    [
      'a parameter of nothing',
      op.call(op.global('torch._utils', '_rebuild_parameter'), 'N'),
      'parameter without a tensor',
    ],
  ] as [string, Part, string][])('%s', async (_, tensor, message) => {
    expect(await refusal(pth(op.dict({ w: tensor }), bytesOf(4)))).toContain(message);
  });

  test('a storage of another length than announced, missing, or described twice', async () => {
    const w = op.tensor(storage(), 0, [4], [1]);
    expect(await refusal(pth(op.dict({ w }), bytesOf(3)))).toContain(
      'record "data/0" must have 16 bytes (4 of float32); got 12',
    );
    expect(await refusal(pth(op.dict({ w })))).toContain('record "data/0" is missing');
    const twice = op.dict({ w, v: op.tensor(storage(5), 0, [5], [1]) });
    expect(await refusal(pth(twice, bytesOf(4)))).toContain('describes storage "0" in two ways');
  });

  test('expanded to far more than the file', async () => {
    const w = op.tensor(storage(), 0, [1e9, 4], [0, 1]);
    expect(await refusal(pth(op.dict({ w }), bytesOf(4)))).toContain('.contiguous()');
  });

  test('a state dict that is not there', async () => {
    expect(await refusal(pth(op.dict({ epoch: op.int(3), optimizer: '}' })))).toContain(
      'got a dict of "epoch, optimizer"',
    );
    expect(await refusal(pth(op.tensor(storage(), 0, [4], [1]), bytesOf(4)))).toContain(
      'got no dict',
    );
  });
});

describe('archives', () => {
  test('a zip of something else, an entry that unpacks to a flood, a size beyond the file', async () => {
    expect(await refusal(zip([{ name: 'a.txt', data: bytes('a') }]))).toContain('without data.pkl');
    const flood = { name: 'data.pkl', data: new Uint8Array(1e6), deflate: true };
    expect(await refusal(zip([flood]))).toMatch(
      /announce \d+ bytes, 1000000 unpacked, in a file of/,
    );
    const beyond = { name: 'data.pkl', data: bytes('abc'), announced: 2 ** 31 };
    expect(await refusal(zip([beyond]))).toContain('announce 2147483648 bytes');
  });
  test('more or less data than a compressed record announces', async () => {
    for (const announced of [900, 1100]) {
      const data = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);
      const message = await refusal(zip([{ name: 'data.pkl', data, deflate: true, announced }]));
      expect(message).toMatch(/zip archive cannot be read: decompressed size/);
    }
  });
  test('big-endian files', async () => {
    const file = zip([
      { name: 'x/data.pkl', data: pickle('}') },
      { name: 'x/byteorder', data: bytes('big') },
    ]);
    expect(await refusal(file)).toContain('byte order must be little; got "big"');
  });
});

describe('the format before PyTorch 1.6', () => {
  const legacy = fixture('legacy.pth');
  test('cut off at every byte', async () => {
    for (let length = 1; length < legacy.length; length++) {
      expect(await refusal(legacy.slice(0, length))).toMatch(/cut off or damaged|neither PyTorch/);
    }
  });
  test('another pickle, another protocol, another byte order', async () => {
    expect(await refusal(pickle('}'))).toContain('not one that torch.save wrote');
    const magic = legacy.subarray(0, 15);
    expect(await refusal(bytes(magic, pickle(op.int(1000))))).toContain('must be 1001; got 1000');
    const system = pickle(op.dict({ little_endian: 0x89 }));
    expect(await refusal(bytes(magic, legacy.subarray(15, 21), system))).toContain('byte order');
  });
});

describe('.safetensors', () => {
  const entry = (changes: object) =>
    safetensors(
      { w: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...changes } },
      new Uint8Array(8),
    );
  test.each([
    [{ dtype: 'F8_E4M3' }, 'tensor "w": its dtype must be one of F16'],
    [{ dtype: 'toString' }, 'its dtype must be'],
    [{ dtype: null }, 'got nothing'],
    [{ shape: [-2] }, 'its shape must be a list of whole numbers'],
    [{ shape: [1.5] }, 'its shape must be'],
    [{ shape: [2 ** 40, 2 ** 40] }, 'its data_offsets hold 8'],
    [{ shape: 2 }, 'its shape must be'],
    [{ data_offsets: [0, 4] }, 'takes 8 bytes; its data_offsets hold 4'],
    [{ data_offsets: [8, 0] }, 'hold -8'],
    [{ data_offsets: [4, 12] }, 'must begin at byte 0'],
    [{ data_offsets: [0, 8, 9] }, 'two whole numbers'],
  ])('an entry with %j', async (changes, message) => {
    expect(await refusal(entry(changes))).toContain(message);
  });
  test('an overlap, data after the last tensor, no JSON, no object', async () => {
    const w = { dtype: 'U8', shape: [4], data_offsets: [0, 4] };
    const v = { ...w, data_offsets: [2, 6] };
    expect(await refusal(safetensors({ w, v }, new Uint8Array(6)))).toContain(
      'must begin at byte 4',
    );
    expect(await refusal(safetensors({ w }, new Uint8Array(6)))).toContain('6 follow the header');
    expect(await refusal(safetensors('{"w":'))).toContain('no JSON');
    expect(await refusal(safetensors('{"w":1}'))).toContain('tensor "w"');
    expect(await refusal(safetensors(`{"w":${'['.repeat(1e6)}`))).toContain('no JSON');
    expect(
      await refusal(safetensors(`{"w":{"dtype":${'['.repeat(1e5)}${']'.repeat(1e5)}}}`)),
    ).toContain('got something of type object');
  });
  test('a name of Object.prototype is a name', async () => {
    const header = '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
    const dict = await readStateDict(safetensors(header, bytes(7)));
    expect(dict.get('__proto__')?.data).toEqual(bytes(7));
  });
});

describe('what a terminal would obey does not get into messages', () => {
  const obeyed = '\u001b[31m\u0007\r\n\u007f\u009b\u202e\u2028\u{e0001}';
  test.each([
    ['a name of a tensor', safetensors({ [obeyed]: 1 })],
    ['a dtype', safetensors({ w: { dtype: obeyed, shape: [1], data_offsets: [0, 1] } })],
    ['a header that is no JSON', safetensors(`{"w"${obeyed}`)],
    ['a global', pth(op.global('os', obeyed.replace('\n', '')))],
    ['a key', pth(op.dict({ [obeyed]: 'N' }))],
    [
      'a storage',
      pth(op.dict({ w: op.tensor(op.storage('FloatStorage', obeyed, 'K\u0001'), 0, [1], [1]) })),
    ],
    ['a record', zip([{ name: `${obeyed}/data.pkl`, data: bytes('x') }])],
  ])('%s', async (_, file) => {
    expect(await refusal(file)).not.toMatch(/[\p{C}\u2028]/u);
    const error = await readStateDict(file, { name: obeyed }).catch((reason: Error) => reason);
    expect((error as Error).message).not.toMatch(/[\p{C}\u2028]/u);
  });
});

describe('files that are no weights', () => {
  test.each([
    ['empty', bytes(), '0 bytes that begin with []'],
    ['something else', bytes('hello'), 'neither PyTorch'],
    ['a web page', bytes('<!doctype html><html></html>'), 'it is a web page, not weights'],
    ['one with a mark and spaces', bytes('\ufeff\r\n <HTML lang="en">'), 'it is a web page'],
    ["a bucket's answer", bytes('<?xml version="1.0"?><Error>'), 'it is a web page'],
    ['a tar archive', bytes(new Uint8Array(257), 'ustar'), 'it is a tar archive'],
    ['a .tar.gz', new Uint8Array(gzipSync(bytes('x'))), 'it is compressed with gzip'],
    ['a .tar.zst', bytes(0x28, 0xb5, 0x2f, 0xfd, 0), 'it is compressed'],
    [
      'a pointer of Git LFS',
      bytes('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'),
      'it is a pointer of Git LFS, which stands in a repository for the file itself. Fetch that: git lfs',
    ],
    ["Keras's weights", bytes(0x89, 'HDF\r\n'), 'HDF5'],
    ["NumPy's array", bytes(0x93, 'NUMPY', 1), 'array of NumPy'],
    ['a zip that is none', bytes('PK', 3, 4), 'zip archive cannot be read'],
  ])('%s', async (_, file, message) => {
    expect(await refusal(file)).toContain(message);
  });

  test('a path where nothing is', async () => {
    await expect(readFromPath('nowhere/model.pth')).rejects.toThrow(
      /^\[@fbsd\/torch-weights] nowhere\/model\.pth: it cannot be opened: ENOENT/,
    );
    const folder = await mkdtemp(join(tmpdir(), 'fbsd-'));
    await expect(readFromPath(folder)).rejects.toThrow(WeightFileError);
    await writeFile(join(folder, 'empty.pth'), '');
    await expect(readFromPath(join(folder, 'empty.pth'))).rejects.toThrow('0 bytes');
    await rm(folder, { recursive: true });
  });
});

test('no more is read of a file than it has', async () => {
  const asked: number[] = [];
  class Recording extends Blob {
    override slice(start = 0, end = this.size): Blob {
      asked.push(end - start);
      return super.slice(start, end);
    }
  }
  for (const name of fixtureFiles) {
    asked.length = 0;
    const file = new Recording([fixture(name)]);
    await readStateDict(file).catch(() => {});
    expect(asked.length).toBeGreaterThan(0);
    expect(Math.max(...asked)).toBeLessThanOrEqual(file.size);
  }
});
