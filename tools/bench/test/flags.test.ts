import { CASES } from '../cases.js';
import { HELP, parseFlags } from '../flags.js';

describe('flags of npm run bench', () => {
  test('without any: every case, seven rounds, whatever is there', () => {
    expect(parseFlags([])).toEqual({
      backends: null,
      cases: CASES,
      precision: 'float32',
      avx2: false,
      pytorch: 'eager',
      runs: 7,
      python: null,
      json: false,
      profile: false,
      check: false,
      help: false,
    });
  });

  test('lists of backends and of parts of names', () => {
    const flags = parseFlags(['--backend', 'node,wasm', '--case', 'mini,fdm', '--runs', '3']);
    expect(flags.backends).toEqual(['node', 'wasm']);
    expect(flags.cases.map(({ name }) => name)).toEqual([
      'train-mini-96',
      'infer-mini-96',
      'fdm-448',
    ]);
    expect(flags.runs).toBe(3);
  });

  test.each(['native', 'node', 'native,node'])('bf16, for the backend %s', (backend) => {
    const flags = parseFlags(['--precision', 'bf16', '--backend', backend]);
    expect(flags.precision).toBe('bf16');
  });

  test.each(['native', 'wasm', 'native,wasm'])('AVX2 alone, for the backend %s', (backend) => {
    expect(parseFlags(['--avx2', '--backend', backend]).avx2).toBe(true);
  });

  test('switches and the Python', () => {
    const flags = parseFlags(['--json', '--profile', '--check', '--python', '/opt/bin/python']);
    expect(flags).toMatchObject({ json: true, profile: true, check: true });
    expect(flags.python).toBe('/opt/bin/python');
  });

  test.each([
    [['--runs', '0'], "--runs must be a whole number from 1; got '0'."],
    [['--runs', '2.5'], "--runs must be a whole number from 1; got '2.5'."],
    [
      ['--backend', 'cuda'],
      "--backend must be of native, node, wasm, several with commas; got 'cuda'.",
    ],
    [['--backend', 'wasm,cuda'], "got 'wasm,cuda'."],
    [['--backend', ''], "got ''."],
    [['--case', 'mini,vgg'], 'got vgg.'],
    [['--precision', 'half'], "--precision must be float32 or bf16; got 'half'."],
    [['--precision', 'bf16'], '--precision bf16 is for --backend native or node; name them.'],
    [['--precision', 'bf16', '--backend', 'wasm,node'], 'is for --backend native or node'],
    [['--avx2'], '--avx2 is for --backend native or wasm in float32; name them.'],
    [['--avx2', '--backend', 'node,wasm'], '--avx2 is for --backend native or wasm'],
    [['--avx2', '--backend', 'native', '--precision', 'bf16'], 'in float32'],
    [['--pytorch', 'jit'], "--pytorch must be of eager, channels-last, compile; got 'jit'."],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseFlags(args)).toThrow(message);
  });

  test('the help names every case', () => {
    for (const { name } of CASES) expect(HELP).toContain(name);
  });

  test('the names of the cases are different', () => {
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  });
});
