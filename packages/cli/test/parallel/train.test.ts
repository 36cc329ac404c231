import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMpi } from '@fbsd/testing/mpi';
import { jest } from '@jest/globals';
import { writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { FIVE_TO_TRAIN } from '../support/tiny-run.ts';

// Processes that wait for each other take many times as long where they have to share processors.
jest.setTimeout(600_000);

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

describeMpi(
  'fbsd train in two processes',
  ({ run }) => {
    let folder: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'fbsd-cli-mpi-'));
      const split = { 'train_test_split.txt': FIVE_TO_TRAIN };
      await writeTinyCub(join(folder, 'CUB_200_2011'), split);
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const train = (...flags: string[]) => run(2, PROGRAM, ['train', ...flags]);
    const given = () => [
      ...['--data', join(folder, 'CUB_200_2011'), '--arch', 'mini', '--image-size', '65'],
      ...['--batch-size', '2', '--backend', 'wasm', '--log-every', '1'],
    ];

    test('keeps one run, says things once, and goes on with it', async () => {
      const out = join(folder, 'run');
      const { code, output } = await train(...given(), '--epochs', '1', '--out', out);
      expect(output).toMatch(/together 2 processes, PIDs [1-9]\d* [1-9]\d*, \w/);
      expect(code).toBe(0);
      expect(output.match(/^run +\S+run\s*$/gm)?.length).toBe(1);
      const resumed = await train('--resume', '--out', out, '--epochs', '2');
      expect(resumed.output).toMatch(/resumed +epoch 2/);
      expect(resumed.code).toBe(0);
      const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trim().split('\n');
      const kinds = lines.map((line) => JSON.parse(line).kind);
      expect(kinds).toEqual(['step', 'step', 'epoch', 'step', 'step', 'epoch']);
    });

    test('ends both with the message of one, and its number', async () => {
      const wrong = await train('--epochs', '0');
      expect(wrong.code).not.toBe(0);
      expect(wrong.output).toMatch(/process 0: \[fbsd\] --epochs takes a whole number from 1/);
      expect(wrong.output).not.toContain('process 1: [fbsd]');
    });

    test('is a help text once, and well', async () => {
      const { code, output } = await train('--help');
      expect(code).toBe(0);
      expect(output.match(/Usage: fbsd train/g)?.length).toBe(1);
    });
  },
  2,
);
