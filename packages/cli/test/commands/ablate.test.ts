import { cpSync, existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { lines, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { ABLATE_HELP, ablate } from '../../src/commands/ablate.ts';
import { catchPrinted } from '../support/printed.ts';

const folder = temporaryFolder();
const printed = catchPrinted();
const SMALL = '--arch mini --image-size 65 --batch-size 2 --epochs 1 --backend wasm --save-every 1';
const NETWORKS = ['plain', 'plain-head', 'fbsm', 'fdm', 'fbsd'];
/** Two variants that take little time. */
const TWO = ['--', '--head linear', '--head linear --hflip 0'];

async function tiny(out: string, ...flags: string[]): Promise<number> {
  const data = join(folder(), 'CUB_200_2011');
  const split = [1, 2, 3, 4, 5, 6].map((id) => `${id} ${Number(id < 4)}`);
  if (!existsSync(data)) await writeTinyCub(data, { 'train_test_split.txt': lines(split) });
  return ablate(['--data', data, ...SMALL.split(' '), '--out', join(folder(), out), ...flags]);
}

const path = (...parts: string[]) => join(folder(), ...parts);
const read = (...parts: string[]) => readFile(path(...parts), 'utf8');
const json = async (...parts: string[]) => JSON.parse(await read(...parts));

describe('fbsd ablate', () => {
  test('trains five networks that differ in head and modules alone, and tabulates them', async () => {
    expect(await tiny('out')).toBe(0);
    const settings: Record<string, unknown>[] = [];
    for (const name of NETWORKS) {
      settings.push((await json('out', name, 'seed-666', 'config.json')).settings);
    }
    expect(settings.map(({ head, alpha, beta, gamma }) => [head, alpha, beta, gamma])).toEqual([
      ['linear', 0.5, 0.5, 1],
      ['fbsd', 0, 0, 0],
      ['fbsd', 0.5, 0.5, 0],
      ['fbsd', 0, 0, 1],
      ['fbsd', 0.5, 0.5, 1],
    ]);
    const rest = settings.map(({ head, alpha, beta, gamma, ...rest }) => rest);
    for (const other of rest) expect(other).toEqual(rest[0]);

    const result = await json('out', 'ablation.json');
    expect(result.settings).toEqual(rest[0]);
    const { accuracy, heads } = await json('out', 'fdm', 'seed-666', 'test.json');
    expect(result.runs[3]).toMatchObject({ variant: '+FDM', seed: 666, accuracy, epoch: 1 });
    const [plain, , , fdm] = result.variants;
    const difference = accuracy - plain.combined.mean;
    expect(fdm.differences[0]).toMatchObject({
      against: 'plain',
      mean: difference,
      interval: null,
    });
    const table = await read('out', 'ablation.md');
    expect(table).toContain(
      '| | level 1 | level 2 | level 3 | concat | combined | against plain |',
    );
    const shares = [...heads, { accuracy }].map(({ accuracy }) => (100 * accuracy).toFixed(1));
    expect(table).toContain(`| +FDM | ${shares.join(' | ')} | `);
    expect(table).toContain('3 test images of CUB_200_2011 after the last epoch; seed 666.');
    expect(table).toContain('All runs: arch mini, imageSize 65, batchSize 2, totalEpochs 1.');
    expect(printed.out).toMatch(/\n {2} +combined +against plain +against plain\+head\n/);
    expect(printed.out).toMatch(/\n {2} +level 1 +level 2 +level 3 +concat\n/);
    expect(await read('out', 'ablation.html')).toContain('Ablation on CUB_200_2011');
  }, 240_000);

  test('of several seeds: means, intervals and paired differences; finished runs are left alone', async () => {
    expect(await tiny('out', '--seeds', '1,2', ...TWO)).toBe(0);
    const files = ['head-linear', 'head-linear-hflip-0'].flatMap((variant) =>
      [1, 2].map((seed) => path('out', variant, `seed-${seed}`, 'checkpoints/last/weights.bin')),
    );
    const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
    const first = await json('out', 'ablation.json');
    expect(first.runs.map(({ seed }: { seed: number }) => seed)).toEqual([1, 1, 2, 2]);

    expect(await tiny('out', '--seed', '1', '--seeds', '3', ...TWO)).toBe(0);
    const again = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
    expect(again).toEqual(times);
    const { runs, variants, seeds, references } = await json('out', 'ablation.json');
    expect(seeds).toEqual([1, 2, 3]);
    expect(references).toEqual(['head linear']);
    expect(runs.slice(0, 4)).toEqual(first.runs);
    const own = runs.filter(({ variant }: { variant: string }) => variant === 'head linear');
    const values = own.map(({ accuracy }: { accuracy: number }) => accuracy);
    const mean = values.reduce((a: number, b: number) => a + b) / 3;
    expect(variants[0].combined.mean).toBeCloseTo(mean, 12);
    expect(variants[0].combined.interval).toHaveLength(2);
    expect(variants[1].differences[0]).toMatchObject({ against: 'head linear', count: 3 });
    expect(printed.out).toContain('seeds 1, 2, 3.');
  }, 240_000);

  test('killed in the middle of a run, it comes to the same results as if left alone', async () => {
    const flags = ['--seeds', '1,2', ...TWO];
    expect(await tiny('whole', ...flags)).toBe(0);
    const killed = path('killed', 'head-linear', 'seed-2');
    cpSync(path('whole'), path('killed'), { recursive: true });
    // As by a kill in the third run, between the two moves that put a checkpoint in the place of the one before.
    await rm(join(killed, 'checkpoints/last'), { recursive: true });
    await rm(join(killed, 'test.json'));
    await rm(path('killed', 'head-linear-hflip-0', 'seed-2'), { recursive: true });
    for (const file of ['json', 'md', 'html']) await rm(path('killed', `ablation.${file}`));
    expect(await tiny('killed', ...flags)).toBe(0);
    expect(printed.out).toContain('resumed  ');
    expect(await read('killed', 'ablation.json')).toBe(await read('whole', 'ablation.json'));
    for (const run of ['head-linear/seed-2', 'head-linear-hflip-0/seed-2']) {
      const weights = (out: string) => readFile(path(out, run, 'checkpoints/last/weights.bin'));
      expect((await weights('killed')).equals(await weights('whole'))).toBe(true);
    }
  }, 240_000);

  test('interrupted, it says how to go on, and keeps what is finished', async () => {
    printed.onPrint = (text) => {
      if (printed.out.includes('hflip 0, seed 666 (2 of 2)') && text.startsWith('epoch 1/1')) {
        process.emit('SIGINT');
      }
    };
    expect(await tiny('out', '--log-every', '1', ...TWO)).toBe(130);
    expect(printed.out).toContain('The same ablation, started anew with the same flags, goes on');
    const { runs } = await json('out', 'ablation.json');
    expect(runs).toHaveLength(1);
    expect(await read('out', 'ablation.md')).toContain('1 runs so far');
    printed.onPrint = () => {};
    expect(await tiny('out', ...TWO)).toBe(0);
    expect((await json('out', 'ablation.json')).runs).toHaveLength(2);
  }, 240_000);

  test('refuses an ablation whose runs have other settings, by name', async () => {
    expect(await tiny('out', ...TWO)).toBe(0);
    const before = await read('out', 'ablation.json');
    await expect(tiny('out', '--epochs', '2', '--label-smoothing', '0.1', ...TWO)).rejects.toThrow(
      /the run in .*head-linear\/seed-666 has other settings: --label-smoothing 0 → 0\.1, --epochs 1 → 2\. Give those/,
    );
    await expect(tiny('out')).rejects.toThrow('is not empty'); // other variants
    expect(await tiny('out', '--log-every', '3', ...TWO)).toBe(0);
    expect(await read('out', 'ablation.json')).toBe(before);
    await writeFile(path('out', 'head-linear/seed-666/test.json'), '{"accuracy": null}');
    await expect(tiny('out', ...TWO)).rejects.toThrow(
      /seed-666\/test.json is damaged: expected acc/,
    );
  }, 240_000);

  test('refuses to go without a folder, into one that holds something else, and what makes no sense', async () => {
    await expect(ablate([])).rejects.toThrow('name a folder with --out');
    await expect(ablate(['--alpha', '1'])).rejects.toThrow('there is no flag --alpha here');
    await mkdir(path('out'));
    await writeFile(path('out', 'thesis.txt'), 'years of work');
    await expect(tiny('out')).rejects.toThrow('is not empty');
    await expect(tiny('new', '--seeds', '1,x')).rejects.toThrow(
      "--seeds takes a whole number from 1 to 1000, or seeds with commas between them; got '1,x'",
    );
    await expect(tiny('new', '--seeds', '3,3')).rejects.toThrow("got '3,3'");
    await expect(tiny('new', '--seeds', '1,2', '--seed', '1')).rejects.toThrow('leave out --seed');
    await expect(tiny('new', '--', '--hflip 0')).rejects.toThrow('two or more variants');
    await expect(tiny('new', '--', '--hflip 0', '--hflip  0')).rejects.toThrow('that differ');
    await expect(tiny('new', '--', '', '--seed 3')).rejects.toThrow('there is no flag --seed here');
    const factor = ['--plain-learning-rate-factor', '2'];
    await expect(tiny('new', ...factor, ...TWO)).rejects.toThrow(
      '--plain-learning-rate-factor is for the plain network, which is not among the variants after --. Give each of them its own --learning-rate.',
    );
    await expect(tiny('new', ...factor.with(1, '0'))).rejects.toThrow(
      "--plain-learning-rate-factor takes a number above 0; got '0'",
    );
    expect(existsSync(path('new'))).toBe(false);
    expect(await ablate(['--help'])).toBe(0);
    expect(printed.out).toBe(ABLATE_HELP);
  });
});
