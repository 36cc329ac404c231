import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { lines, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { ABLATE_HELP, ablate } from '../../src/commands/ablate.ts';
import { catchPrinted } from '../support/printed.ts';

const folder = temporaryFolder();
const printed = catchPrinted();

async function tinyAblation(): Promise<number> {
  const data = join(folder(), 'CUB_200_2011');
  const split = [1, 2, 3, 4, 5, 6].map((id) => `${id} ${Number(id < 4)}`);
  await writeTinyCub(data, { 'train_test_split.txt': lines(split) });
  const small = ['--arch', 'mini', '--image-size', '65', '--batch-size', '3', '--epochs', '1'];
  return ablate(['--data', data, ...small, '--backend', 'wasm', '--out', join(folder(), 'out')]);
}

describe('fbsd ablate', () => {
  test('trains four networks that differ in their modules alone, and tabulates them', async () => {
    expect(await tinyAblation()).toBe(0);
    const read = (path: string) => readFile(join(folder(), 'out', path), 'utf8');
    const settings: Record<string, unknown>[] = [];
    for (const name of ['baseline', 'fbsm', 'fdm', 'fbsd']) {
      settings.push(JSON.parse(await read(`${name}/config.json`)).settings);
    }
    expect(settings.map(({ alpha, beta, gamma }) => [alpha, beta, gamma])).toEqual([
      [0, 0, 0],
      [0.5, 0.5, 0],
      [0, 0, 1],
      [0.5, 0.5, 1],
    ]);
    const rest = settings.map(({ alpha, beta, gamma, ...rest }) => rest);
    for (const other of rest) expect(other).toEqual(rest[0]);

    const table = await read('ablation.md');
    expect(printed.out).toContain(table);
    const metrics = (await read('fdm/metrics.jsonl')).trim().split('\n');
    const { test } = JSON.parse(metrics.at(-1) as string);
    const shares = [...test.heads, test.accuracy].map((x: number) => `${(100 * x).toFixed(1)}%`);
    expect(table).toContain(`| baseline + FDM | ${shares.join(' | ')} |`);
    expect(table).toContain('dataset cub, arch mini, imageSize 65, batchSize 3, totalEpochs 1');

    // Interrupted after the first: the others are made, the first is left alone.
    for (const name of ['fbsm', 'fdm', 'fbsd']) {
      await rm(join(folder(), 'out', name), { recursive: true });
    }
    const before = await read('baseline/metrics.jsonl');
    expect(await tinyAblation()).toBe(0);
    expect(await read('baseline/metrics.jsonl')).toBe(before);
    expect(await read('ablation.md')).toBe(table);
  }, 240_000);

  test('refuses to go without a folder, or into one that holds something else', async () => {
    await expect(ablate([])).rejects.toThrow('name a folder with --out');
    await expect(ablate(['--alpha', '1'])).rejects.toThrow('there is no flag --alpha here');
    await mkdir(join(folder(), 'out'));
    await writeFile(join(folder(), 'out', 'thesis.txt'), 'years of work');
    await expect(tinyAblation()).rejects.toThrow('is not empty');
    expect(await ablate(['--help'])).toBe(0);
    expect(printed.out).toBe(ABLATE_HELP);
  });
});
