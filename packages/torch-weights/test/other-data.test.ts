import { readStateDict, WeightFileError } from '@fbsd/torch-weights';
import { described, fixture } from './support/fixtures.ts';
import { bytes, op, type Part, pickle, pth, u64 } from './support/pickle.ts';

const four = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
const tensor = op.tensor(op.storage('FloatStorage', '0', op.int(4)), 0, [2, 2], [2, 1]);
const expected = { w: { dtype: 'float32', shape: [2, 2], values: [1, 2, 3, 4] } };
const read = async (file: Uint8Array<ArrayBuffer>) => described(await readStateDict(file));

/** An object as Python's protocol 2 makes it: of its class, then its state. */
const object = (module: string, name: string, state: Part = op.dict({ lr: op.int(1) })): Part => [
  ...[op.global(module, name), ')', 0x81, state, 'b'],
];
const complex = op.tensor(op.storage('ComplexFloatStorage', '1', op.int(1)), 0, [1], [1]);
const sparse = op.call(
  op.global('torch._utils', '_rebuild_sparse_tensor'),
  op.global('torch.serialization', '_get_layout'),
  op.tuple(op.tensor(op.storage('LongStorage', '2', op.int(1)), 0, [1, 1], [1, 1]), tensor),
);
const device = op.call(op.global('torch', 'device'), op.text('cpu'));
const numpyScalar = op.call(
  op.global('numpy.core.multiarray', 'scalar'),
  [op.call(op.global('numpy', 'dtype'), op.text('f8')), op.tuple('K', 3, op.text('<')), 'b'],
  op.call(op.global('_codecs', 'encode'), op.text('12345678'), op.text('latin1')),
);

describe('what stands beside the weights does not keep them from being read', () => {
  test.each([
    ['milestones of a schedule, a Counter', op.call(op.global('collections', 'Counter'), '}')],
    ['a Counter that is filled', [op.global('collections', 'Counter'), '}', 0x85, 'R(NNu']],
    ['a set', op.call(op.global('__builtin__', 'set'), [']', '(K', 1, 'e'])],
    ["a set of Python 3's", op.call(op.global('builtins', 'set'), ']')],
    ['a device', device],
    ['a complex tensor', complex],
    ['a sparse tensor', sparse],
    ["the arguments of timm and PyTorch's references", object('argparse', 'Namespace')],
    ["a scalar of numpy's", numpyScalar],
    ['a path', op.call(op.global('pathlib', 'PosixPath'), op.text('/'), op.text('home'))],
    [
      'a defaultdict',
      op.call(op.global('collections', 'defaultdict'), op.global('builtins', 'list')),
    ],
    ['a subclass of list that is filled', [object('mine', 'List'), '(NNe', 'Na']],
    ['a subclass of dict that is filled', [object('mine', 'Dict'), '(NNu', 'NNs']],
    ['a subclass of set that is filled', [object('mine', 'Set'), '(NN', 0x90]],
    ['an instance with keyword arguments', [op.global('mine', 'A'), ')}', 0x92]],
    ['a name of Object.prototype', op.global('constructor', 'constructor')],
    ['a name that is empty', op.global('__proto__', '')],
  ] as [string, Part][])('%s', async (_, other) => {
    const checkpoint = op.dict({ other, state_dict: op.dict({ w: tensor }) });
    expect(await read(pth(checkpoint, { 0: four }))).toEqual(expected);
  });

  test('nor does it inside the state dict', async () => {
    const root = op.dict({ w: tensor, args: object('argparse', 'Namespace'), device });
    expect(await read(pth(root, { 0: four }))).toEqual(expected);
  });

  test('tensors in what PyTorch wraps around them', async () => {
    const state = op.dict({ note: op.text('x') });
    const parameter = op.call(
      op.global('torch._utils', '_rebuild_parameter_with_state'),
      ...[tensor, 0x88, '}', state],
    );
    const subclass = op.call(
      op.global('torch._tensor', '_rebuild_from_type_v2'),
      op.global('torch._utils', '_rebuild_parameter'),
      op.global('mine', 'Parameter'),
      op.tuple(tensor, 0x88, '}'),
      state,
    );
    const defaults = op.call(op.global('collections', 'defaultdict'), 'N');
    for (const w of [parameter, subclass]) {
      expect(await read(pth(op.dict({ w }), { 0: four }))).toEqual(expected);
      const root = op.dict({ model: [defaults, '(', op.text('w'), w, 'u'] });
      expect(await read(pth(root, { 0: four }))).toEqual(expected);
    }
  });

  test('in a file of before 1.6, too, where the storages follow one another', async () => {
    const preamble = fixture('legacy.pth').subarray(0, 137); // magic number, protocol, byte order
    const checkpoint = (type: string) =>
      op.dict({
        spectrum: op.tensor(op.storage(type, '1', op.int(1)), 0, [1], [1]),
        args: object('argparse', 'Namespace'),
        state_dict: op.dict({ w: tensor }),
      });
    const keys = pickle([']', op.text('1'), 'a', op.text('0'), 'a']);
    const storages = [u64(1), new Uint8Array(8), u64(4), four];
    const file = (type: string) => bytes(preamble, pickle(checkpoint(type)), keys, storages);
    expect(await read(file('ComplexFloatStorage'))).toEqual(expected);
    await expect(read(file('SecretStorage'))).rejects.toThrow(
      'storage "1" is of the unknown type "torch.SecretStorage"',
    );
  });
});

describe('tensors that are not read are never left out of the weights in silence', () => {
  const float8 = op.call(
    op.global('torch._utils', '_rebuild_tensor_v3'),
    op.storage('UntypedStorage', '1', op.int(2)),
    ...[op.int(0), op.tuple(op.int(2)), op.tuple(op.int(1)), 0x89, '}'],
    op.global('torch', 'float8_e4m3fn'),
  );
  const quantised = op.call(op.global('torch._utils', '_rebuild_qtensor'), 'N');
  test.each([
    ['complex', complex, 'torch.ComplexFloatStorage'],
    ['sparse', sparse, 'torch._utils._rebuild_sparse_tensor'],
    ['8-bit', float8, 'torch.float8_e4m3fn'],
    ['quantised', quantised, 'torch._utils._rebuild_qtensor'],
    [
      'a parameter that is sparse',
      op.call(op.global('torch._utils', '_rebuild_parameter'), sparse, 0x88, '}'),
      'torch._utils._rebuild_sparse_tensor',
    ],
  ] as [string, Part, string][])('%s', async (_, v, kind) => {
    const reading = readStateDict(pth(op.dict({ w: tensor, v }), { 0: four }), { name: 'x.pth' });
    await expect(reading).rejects.toThrow(WeightFileError);
    await expect(reading).rejects.toThrow(
      `x.pth: tensor "v" is of a kind that is not read ("${kind}")`,
    );
  });
});

describe('the state dict is found', () => {
  const scalar = op.tensor(op.storage('FloatStorage', '3', op.int(1)), 0, [], []);
  const one = new Uint8Array(4);
  const rng = op.tensor(op.storage('ByteStorage', '4', op.int(5056)), 0, [5056], [1]);
  test('beside stray tensors, as the best accuracy, wherever these stand', async () => {
    const weights = op.dict({ w: tensor });
    for (const root of [
      op.dict({ best_acc1: scalar, state_dict: weights }),
      op.dict({ state_dict: weights, best_acc1: scalar }),
      op.dict({ state_dict: op.dict({ step: scalar }), model: weights }),
      op.dict({ rng_state: rng, complex, sparse, state_dict: weights }),
    ]) {
      const storages = { 0: four, 3: one, 4: new Uint8Array(5056) };
      expect(await read(pth(root, storages))).toEqual(expected);
    }
  });
  test('at the top, though something smaller is under a usual name', async () => {
    const root = op.dict({ w: tensor, weights: op.dict({ ofClasses: scalar }) });
    expect(await read(pth(root, { 0: four, 3: one }))).toEqual(expected);
  });
  test('of as many elements the outermost', async () => {
    const root = op.dict({ w: tensor, model: op.dict({ v: tensor }) });
    expect(await read(pth(root, { 0: four }))).toEqual(expected);
  });
  test('with tensors that are empty alone', async () => {
    const empty = op.tensor(op.storage('FloatStorage', '0', op.int(4)), 0, [0], [1]);
    expect(await read(pth(op.dict({ model: op.dict({ w: empty }) }), { 0: four }))).toEqual({
      w: { dtype: 'float32', shape: [0], values: [] },
    });
  });
});
