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

const COMMANDS = ['train', 'evaluate', 'predict', 'inspect', 'export', 'ablate'];

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

test('help comes in every way that people ask for it, whatever else is given', async () => {
  for (const args of [
    ['help', 'train'],
    ['train', '--help'],
    ['train', '--data', '-h'],
  ]) {
    printed.out = '';
    expect(await runCommand(args)).toBe(0);
    expect(printed.out).toContain('Usage: fbsd train ');
  }
});

test('help tells what flags take, and their defaults', async () => {
  await runCommand(['train', '--help']);
  expect(printed.out).toMatch(/--image-size N +side of .*\(default 448, with drawn data 96\)/);
  expect(printed.out).toMatch(/--momentum X +.*\(default 0.9\)/);
  expect(printed.out).toMatch(/--data DIR +/);
  expect(printed.out).not.toMatch(/undefined|null/);
});

test('fbsd --version says which version of the package it is', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await runCommand(['--version'])).toBe(0);
  expect(await runCommand(['train', '--dataset', 'cub', '-v'])).toBe(0); // as of npm run cub -- -v
  expect(printed.out).toBe(`${manifest.version}\n`.repeat(2));
});

describe('what cannot be is refused in one line, and nothing is written', () => {
  const FILE = 'pictures/b/1.jpg';

  test.each([
    [['nonsense'], "there is no command 'nonsense'. Commands: train, evaluate"],
    [['evalute'], "there is no command 'evalute'. Did you mean evaluate?"],
    [['--backend', 'wasm', 'train'], '--backend comes before the command. Write fbsd COMMAND'],
    [
      ['train', '--data', 'pictures', '--momentum', '1'],
      "a number from 0 that is less than 1; got '1'",
    ],
    [['train', '--data', 'pictures', '--momentum', '-1'], "got '-1'"],
    [['train', '--data', 'pictures', '--crop-banner'], '--crop-banner is for --dataset aircraft'],
    [['train', '--test-share', '.2'], '--test-share is for --dataset folder alone; this is cub'],
    [['evaluate', '--test-share', '.2', '--init-from', FILE], 'this is cub'],
    [['train', '--data', 'pictures', '--pretrained', 'no.pth'], 'there is no file'],
    [['train', '--datas', 'x'], 'there is no flag --datas here. Did you mean --data? See --help'],
    [['train', '--data', 'nowhere'], 'there is no folder'],
    [['train', '--data', FILE], 'there is no folder'],
    [['train', '--data', 'pictures'], '(no picture of a known format)'],
    [['train', '--data', 'pictures'], 'go on without them with --skip-corrupt.'],
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
