import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PictureResult, Sample } from '@fbsd/trainer';
import { lines, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { train } from '../../src/commands/train.ts';
import { commandTyped } from '../../src/report/command-typed.ts';
import { pickSamples } from '../../src/report/pick-samples.ts';
import { catchPrinted } from '../support/printed.ts';

const printed = catchPrinted();

describe('pickSamples', () => {
  const samples = Array.from(
    { length: 40 },
    (_, id): Sample => ({ id, label: id % 4, path: `${id}`, file: `${id}` }),
  );
  const results = (wrong: number) =>
    samples.map(
      ({ id, label }): PictureResult => ({
        label,
        predicted: id < wrong ? (label + 1) % 4 : label,
        probability: id / 100,
        probabilityOfTruth: 0.1,
      }),
    );
  const picked = (wrong: number) => pickSamples(samples, results(wrong)).map(({ id }) => id);

  test('the worst mistakes first, then others of every class', () => {
    expect(picked(3).slice(0, 3)).toEqual([2, 1, 0]);
    expect(picked(20).slice(0, 6)).toEqual([19, 18, 17, 16, 15, 14]);
    for (const wrong of [0, 3, 20]) {
      const all = picked(wrong);
      expect(new Set(all).size).toBe(12);
      expect(new Set(all.map((id) => id % 4)).size).toBe(4);
    }
  });

  test('takes what there is', () => {
    expect(pickSamples(samples.slice(0, 2), [])).toHaveLength(2);
    expect(pickSamples([], [])).toEqual([]);
  });
});

test.each([
  [
    ['train', '--data', 'my photos', '--epochs', '3'],
    {},
    "fbsd train --data 'my photos' --epochs 3",
  ],
  [['train', '--data', "it's"], {}, String.raw`fbsd train --data 'it'\''s'`],
  [['train'], { npm_command: 'exec' }, 'npx @fbsd/cli train'],
  [
    ['train', '--dataset', 'cub'],
    { npm_command: 'run-script', npm_lifecycle_event: 'cub' },
    'npm run cub',
  ],
  [
    ['train', '--dataset', 'cub', '--epochs', '1'],
    { npm_command: 'run-script', npm_lifecycle_event: 'cub' },
    'npm run cub -- --epochs 1',
  ],
  [['--maxWorkers=1'], {}, undefined], // another program
])('the command that was typed: %j', (args, environment, expected) => {
  expect(commandTyped(['node', 'main.js', ...args], environment)).toBe(expected);
});

test('a run leaves its report and a row for each test picture', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fbsd-run-report-'));
  const [data, run] = [join(folder, 'CUB_200_2011'), join(folder, 'run')];
  const split = [1, 2, 3, 4, 5, 6].map((id) => `${id} ${Number(id < 4)}`);
  await writeTinyCub(data, { 'train_test_split.txt': lines(split) });
  const small = ['--arch', 'mini', '--image-size', '65', '--batch-size', '3', '--epochs', '1'];
  await train(['--data', data, ...small, '--backend', 'wasm', '--out', run]);
  expect(printed.out).toContain(join(run, 'report.html'));
  const rows = JSON.parse(await readFile(join(run, 'test-pictures.json'), 'utf8'));
  expect(rows).toHaveLength(3);
  const wrong = rows.filter(({ right }: { right: boolean }) => !right);
  const csv = (await readFile(join(run, 'test-pictures.csv'), 'utf8')).trimEnd().split('\r\n');
  expect(csv.slice(1).map((line) => line.split(',')[0])).toEqual(
    rows.map(({ file }: { file: string }) => file),
  );
  const report = await readFile(join(run, 'report.html'), 'utf8');
  expect(report).toContain(`mini at 65 px, 3 classes`);
  expect(report.match(/<p class="wrong">✗/g)?.length ?? 0).toBe(wrong.length);
  const metrics = await readFile(join(run, 'metrics.jsonl'), 'utf8');
  expect(metrics).not.toMatch(/"pictures"|"confusion"/);
  await rm(folder, { recursive: true, force: true });
});
