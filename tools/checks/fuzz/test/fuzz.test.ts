import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzz } from '../fuzz.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-fuzz-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Fuzzes a reader that does as told. */
async function fuzzed(does: string, options: { cases: number; seconds?: number }) {
  const faults: string[] = [];
  const module = join(folder, 'reader.mjs');
  const reader = new URL('../reader.js', import.meta.url).href;
  writeFileSync(
    module,
    `import { readFile } from 'node:fs/promises';
    import { requireRight } from '${reader}';
    const error = (name, message) => Object.assign(new Error(message), { name });
    export const open = async (folder) =>
      ({ damage: () => ({}), read: async () => { ${does} }, megabytes: 250 });`,
  );
  const onFault = (fault: string) => faults.push(fault);
  return { ...(await fuzz(module, { seed: '1', onFault, ...options })), faults };
}

describe('a reader', () => {
  test('that ends in a result, or in a message, is in order', async () => {
    expect(await fuzzed('', { cases: 3 })).toMatchObject({ read: 3, refused: 0, faults: [] });
    const message = "throw error('UserError', '[fbsd] a.json is damaged: expected 1. Restore it.')";
    expect(await fuzzed(message, { cases: 3 })).toMatchObject({ read: 0, refused: 3, faults: [] });
  });

  test.each<[string, string, string]>([
    ['fails as programs do', 'null.length', 'TypeError'],
    ['says what says nothing', "throw error('UserError', 'no')", 'UserError: no'],
    [
      'says too much',
      "throw error('UserError', '[fbsd] ' + 'x'.repeat(3000))",
      'UserError: [fbsd] xx',
    ],
    [
      'gives what is not right',
      "requireRight(1 > 2, 'a label')",
      'read what is not right: a label',
    ],
    [
      'reads elsewhere',
      "await readFile(folder + '/../x').catch(() => {})",
      'outside of its folder',
    ],
    ['changes all objects', 'Object.prototype.x = 1', 'the prototype of all objects'],
    ['fills the memory', 'Buffer.alloc(3e8, 1)', 'MB of memory'],
    ['ends the process', 'process.exit(3)', 'ended its process with 3'],
  ])('that %s is found', async (_, does, fault) => {
    const { read, refused, faults } = await fuzzed(does, { cases: 1 });
    expect({ read, refused }).toEqual({ read: 0, refused: 0 });
    expect(faults).toEqual([expect.stringContaining(`case 0: `)]);
    expect(faults[0]).toContain(fault);
  });

  test('that hangs is found, and the others are still read', async () => {
    const once = 'if (!globalThis.isSecond) { globalThis.isSecond = true; return; } for (;;);';
    const { read, faults } = await fuzzed(once, { cases: 4, seconds: 4 });
    expect(read).toBe(2);
    expect(faults).toEqual(['case 1: not read within 4 s', 'case 3: not read within 4 s']);
  });
});
