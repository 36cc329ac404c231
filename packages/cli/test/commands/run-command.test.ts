import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePictures } from '../../../datasets/test/support/coloured.ts';
import { runCommand } from '../../src/run-command.ts';
import { catchPrinted } from '../support/printed.ts';

const printed = catchPrinted();
let folder: string;
let cwd: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-command-'));
  cwd = process.cwd();
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(cwd);
  await rm(folder, { recursive: true });
});

const COMMANDS = ['train', 'evaluate', 'predict', 'inspect', 'ablate'];

test.each([[[]], [['help']], [['--help']], [['-h']]])(
  'fbsd %j lists the commands',
  async (args) => {
    expect(await runCommand(args)).toBe(0);
    for (const name of COMMANDS) expect(printed.out).toMatch(new RegExp(`^  ${name} `, 'm'));
  },
);

test.each(COMMANDS)('fbsd %s -h says how it is used', async (name) => {
  expect(await runCommand([name, '-h'])).toBe(0);
  expect(printed.out).toContain(`Usage: fbsd ${name} `);
});

test('fbsd --version says which version of the package it is', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await runCommand(['--version'])).toBe(0);
  expect(printed.out).toBe(`${manifest.version}\n`);
});

describe('what cannot be is refused in one line, and nothing is written', () => {
  const FILE = 'pictures/b/1.jpg';

  test.each([
    [['nonsense'], "there is no command 'nonsense'"],
    [['train', '--datas', 'x'], "Unknown option '--datas'"],
    [['train', '--data', 'nowhere'], 'there is no folder'],
    [['train', '--data', FILE], 'there is no folder'],
    [['train', '--data', 'pictures'], '(no picture of a known format)'],
    [['train', '--data', 'pictures'], 'That is the flag --skip-corrupt.'],
    [['evaluate', '--model', 'nowhere'], 'holds no model'],
    [['predict', 'nowhere.jpg'], 'there is no file or folder'],
    [['train', '--data', 'pictures', '--out', FILE], 'is a file'],
    // What only the system knows.
    [['train', '--data', 'x'.repeat(300)], 'ENAMETOOLONG'],
  ])('fbsd %j', async (args, message) => {
    await writePictures(folder, ['pictures/a/1.jpg', FILE]);
    await writeFile('pictures/a/2.jpg', 'no picture');
    expect(await runCommand(args)).toBe(1);
    expect(printed.err).toContain(message);
    expect(printed.err).toMatch(/^\[(fbsd|@fbsd\/datasets)\] .*\n$/);
    expect(await readdir('.')).toEqual(['pictures']);
  });
});
