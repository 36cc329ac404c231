import { readStateDict, WeightFileError } from '@fbsd/torch-weights';
import { jest } from '@jest/globals';
import { Cursor } from '../src/read/cursor.ts';
import { StandIn } from '../src/read/stand-in.ts';
import { StoredTensor } from '../src/read/stored-tensor.ts';
import { TorchContext } from '../src/read/torch-globals.ts';
import { AllowedGlobal, unpickle } from '../src/read/unpickle.ts';
import { readCounted } from './support/counted-work.ts';
import { described } from './support/fixtures.ts';
import { bytes, op, type Part, pickle, pth, u32 } from './support/pickle.ts';

/** What an attack would have run: in Python, and in JavaScript where names are looked up without care. */
const GLOBALS: readonly [module: string, name: string][] = [
  ['os', 'system'],
  ['builtins', 'eval'],
  ['builtins', 'getattr'],
  ['torch.hub', 'load'],
  ['numpy.testing._private.utils', 'runstring'],
  ['operator', 'methodcaller'],
  ['globalThis', 'eval'],
  ['process', 'exit'],
  ['child_process', 'execSync'],
  ['constructor', 'constructor'],
  ['__proto__', 'constructor'],
  ['Function', 'prototype'],
];

const ATTACK = 'globalThis.attacked = true; touch /tmp/attacked; __import__("os").abort()';
const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'then', 'isAdmin'];

/** The ways in which a pickle has something called, made or filled. */
const KINDS: Readonly<Record<string, (module: string, name: string) => Part>> = {
  REDUCE: (module, name) => op.call(op.global(module, name), op.text(ATTACK)),
  'REDUCE of a STACK_GLOBAL': (module, name) => [
    ...[op.text(module), op.text(name), 0x93, op.tuple(op.text(ATTACK)), 'R'],
  ],
  'REDUCE of what was made': (module, name) => [
    ...[op.call(op.global(module, name), op.text('x')), op.tuple(op.text(ATTACK)), 'R'],
  ],
  BUILD: (module, name) => [
    ...[op.global(module, name), ')', 0x81],
    ...[op.dict(Object.fromEntries(KEYS.map((key) => [key, op.text(ATTACK)]))), 'b'],
  ],
  'BUILD of a state with a state setter': (module, name) => [
    ...[op.global('collections', 'OrderedDict'), ')R'],
    ...[op.dict({ __setstate__: op.global(module, name), __reduce__: op.text(ATTACK) }), 'b'],
  ],
  INST: (module, name) => ['(', op.text(ATTACK), 'i', module, '\n', name, '\n'],
  OBJ: (module, name) => ['(', op.global(module, name), op.text(ATTACK), 'o'],
  NEWOBJ: (module, name) => [op.global(module, name), op.tuple(op.text(ATTACK)), 0x81],
  NEWOBJ_EX: (module, name) => [
    ...[op.global(module, name), op.tuple(op.text(ATTACK)), op.dict({ code: op.text(ATTACK) })],
    0x92,
  ],
  'a persistent id': (module, name) => [op.tuple(op.global(module, name), op.text(ATTACK)), 'Q'],
  'a persistent id with source': (module, name) => [
    ...[
      op.tuple(op.text('module'), op.global(module, name), op.text('x.py'), op.text(ATTACK)),
      'Q',
    ],
    ...[')', 0x81],
  ],
  'APPENDS, ADDITEMS, SETITEMS': (module, name) => [
    ...[op.global(module, name), ')', 0x81, '(', op.text(ATTACK), 'e(', op.text(ATTACK), 0x90],
    ...['(', op.text('__proto__'), op.text(ATTACK), 'u'],
  ],
};

const ONE = Uint8Array.of(0, 0, 128, 63);
const tensor = op.tensor(op.storage('FloatStorage', '0', op.int(1)), 0, [1], [1]);
const expected = { w: { dtype: 'float32', shape: [1], values: [1] } };

/** Reads a file with that value beside its weights: they come, or a typed error. */
async function readBeside(value: Part): Promise<void> {
  for (const root of [
    { w: tensor, x: value },
    { x: value, state_dict: op.dict({ w: tensor }) },
  ]) {
    try {
      expect(described(await readStateDict(pth(op.dict(root), { 0: ONE })))).toEqual(expected);
    } catch (error) {
      if (!(error instanceof WeightFileError)) throw error;
    }
  }
}

/** Fails for anything that could act: a function, an object of another class than data's. */
function expectInert(root: unknown): void {
  const seen = new Set<unknown>();
  const open = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (seen.has(value)) continue;
    seen.add(value);
    if (value instanceof StandIn) {
      expect(Object.getOwnPropertyNames(value)).toEqual(['name']);
      expect(typeof value.name).toBe('string');
      expect(Object.isFrozen(value)).toBe(true);
    } else if (value instanceof Map) {
      open.push(...value.keys(), ...value.values());
    } else if (Array.isArray(value) || value instanceof Set) {
      open.push(...value);
    } else {
      const isData =
        value === null ||
        ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ||
        value instanceof Uint8Array ||
        value instanceof StoredTensor ||
        value instanceof AllowedGlobal; // of the fixed list, named but not called
      if (!isData) throw new Error(`a pickle made ${String(value)}`);
    }
  }
}

function unpickled(root: Part): unknown {
  const cursor = new Cursor('x.pth', pickle(root));
  return unpickle(cursor, new TorchContext(cursor));
}

/** What a hostile file could have added to this process. */
function world(): unknown {
  const classes = [Object, Array, Map, Set, Function, String, Number, Promise, Uint8Array, StandIn];
  return {
    attacked: (globalThis as { attacked?: unknown }).attacked,
    prototypes: classes.map(({ prototype }) => Reflect.ownKeys(prototype).map(String)),
    exitCode: process.exitCode,
  };
}

const before = world();
const exit = jest.spyOn(process, 'exit');
const evaluated = jest.spyOn(globalThis, 'eval');

afterEach(() => {
  expect(exit).not.toHaveBeenCalled();
  expect(evaluated).not.toHaveBeenCalled();
});

const PICKLES = Object.entries(KINDS).flatMap(([kind, make]) =>
  GLOBALS.map(
    ([module, name]) => [kind, `${module}.${name}`, make(module, name)] as [string, string, Part],
  ),
);

test('there are 144 of them, beside those below', () => {
  expect(PICKLES).toHaveLength(144);
});

test.each(PICKLES)('%s of %s stays inert', async (_, name, value) => {
  const attacks = ['os.system', 'builtins.eval'];
  if (attacks.includes(name)) {
    expect(() => unpickled(value)).toThrow(`refused the global "${name}"`);
  } else {
    expectInert(unpickled(value));
  }
  await readBeside(value);
  expect(world()).toEqual(before);
});

test.each([
  ['EXT1', [0x82, 1]],
  ['EXT2', [0x83, 1, 2]],
  ['EXT4', [0x84, u32(2 ** 31)]],
  ['PERSID', ['P', ATTACK, '\n']],
  ['a persistent id of text', [op.text(ATTACK), 'Q']],
  ['a persistent id of itself', [']q', 0, 'h', 0, 'a', 'Q']],
] as [string, Part][])('%s stays inert', async (_, value) => {
  expectInert(unpickled(value));
  expectInert(unpickled([value, op.tuple(op.text(ATTACK)), 'R'])); // called
  await readBeside(value);
});

describe('names of prototypes are names', () => {
  test.each(KEYS)('%s as a key, a tensor, a storage, a wrapper', async (key) => {
    const shared = op.tensor(op.storage('FloatStorage', key, op.int(1)), 0, [1], [1]);
    const root = op.dict({
      [`x${key}`]: op.text(ATTACK),
      model: op.dict({ [`w.${key}`]: shared }),
    });
    const dict = await readStateDict(pth(root, { [key]: ONE }));
    expect([...dict.keys()]).toEqual([`w.${key}`]);
    const named = bytes('}(', op.text(key), shared, 'u');
    expect([...(await readStateDict(pth(named, { [key]: ONE }))).keys()]).toEqual([key]);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });
});

describe('bombs end, with an error of their own or read to the end', () => {
  const standIn = [op.global('mine', 'A'), 'q', 9, '0'];
  test.each([
    // 2⁵⁰ items, by a list that holds itself twice, fifty times over
    [
      'a list of lists of lists',
      ['](', 'N', 'eq', 0, Array(50).fill(['0](h', 0, 'h', 0, 'eq', 0])],
    ],
    ['a tuple of tuples', ['Nq', 0, Array(5000).fill(['h', 0, 'h', 0, 0x86, 'q', 0, '0']), 'h', 0]],
    ['a set of sets', [0x8f, 'q', 0, Array(50).fill(['0', 0x8f, '(h', 0, 0x90, 'q', 0])]],
    ['a stand-in that is called again and again', [standIn, 'h', 9, Array(1e4).fill(')R')]],
    [
      'a stand-in that is filled with itself',
      [standIn, 'h', 9, Array(1e4).fill(['(h', 9, 'h', 9, 'u'])],
    ],
    [
      'one large dict copied again and again',
      [
        ...['}(', Array.from({ length: 3e4 }, (_, i) => ['J', u32(i), 'N']), 'uq', 1, '0'],
        ...[op.global('collections', 'OrderedDict'), 'q', 2, '0'],
        ...[Array(200).fill(['h', 2, 'h', 1, 0x85, 'R0']), 'N'],
      ],
    ],
    ['a mark for every byte', [new Uint8Array(2 ** 20 + 8).fill(0x28)]],
    ['a stand-in for every third byte', [Array(3e5).fill([0x82, 1, '0']), 'N']],
  ] as [string, Part][])('%s', async (_, bomb) => {
    const file = pth(op.dict({ w: tensor, x: bomb }), { 0: ONE });
    const work = { steps: 0, bytes: 0 };
    const outcome = await readCounted(file, work, 2 * file.length).then(
      described,
      (error: unknown) => error,
    );
    if (!(outcome instanceof WeightFileError)) expect(outcome).toEqual(expected);
  });
});
