import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { EVALUATE_HELP, evaluate } from '../../src/commands/evaluate.ts';
import { HELP, train } from '../../src/commands/train.ts';
import { TransferDisplay } from '../../src/display/transfer-display.ts';
import { DOWNLOAD_HELP, readDataFlags } from '../../src/setup/download.ts';
import { catchPrinted } from '../support/printed.ts';

const folder = temporaryFolder();
const printed = catchPrinted();

describe('--download', () => {
  test('names the folder where --data does not', () => {
    expect(readDataFlags({ download: true, dataset: 'dogs' }).data).toBe(resolve('data/dogs'));
    expect(readDataFlags({ download: true }).data).toBe(resolve('data/cub'));
    expect(readDataFlags({ download: true, data: 'mine' }).data).toBe(resolve('mine'));
    expect(readDataFlags({}).data).toBeUndefined();
  });

  test('of Cars says where they are to be had, and writes nothing', async () => {
    const data = join(folder(), 'cars');
    const out = join(folder(), 'run');
    const flags = ['--dataset', 'cars', '--download', '--data', data, '--out', out];
    await expect(train(flags)).rejects.toThrow(
      /Kaggle[\s\S]*car_ims\/[\s\S]*devkit\/[\s\S]*with --data\.$/,
    );
    expect(existsSync(data) || existsSync(out)).toBe(false);
  });

  test('leaves a folder that holds something to the loader', async () => {
    const data = join(folder(), 'cub');
    mkdirSync(data);
    writeFileSync(join(data, 'readme.txt'), 'other');
    const weights = join(folder(), 'weights.pth');
    writeFileSync(weights, '');
    for (const command of [train, evaluate]) {
      const flags = ['--download', '--dataset', 'cub', '--data', data, '--init-from', weights];
      await expect(command(flags)).rejects.toThrow('loadCub: found none of images,');
      expect(printed.out).toContain(`data     ${data} is there: nothing to fetch\n`);
    }
  });

  test('fetches nothing when the weights are missing', async () => {
    const data = join(folder(), 'cub');
    for (const command of [train, evaluate]) {
      const flags = ['--download', '--data', data, '--init-from', join(folder(), 'nothing.pth')];
      await expect(command(flags)).rejects.toThrow('--init-from: there is no file');
      expect(existsSync(data)).toBe(false);
    }
  });

  test('is in the help', () => {
    for (const help of [HELP, EVALUATE_HELP]) expect(help).toContain(DOWNLOAD_HELP);
  });
});

describe('TransferDisplay', () => {
  const show = (isTTY: boolean) => {
    let moved = '';
    const lines: string[] = [];
    const stream = { isTTY, columns: 100, write: (text: string) => (moved += text) };
    const display = new TransferDisplay(
      (line) => lines.push(line),
      'data',
      stream as unknown as NodeJS.WriteStream,
    );
    for (const done of [0, 50, 99, 100, 1000]) {
      display.show({ step: 'fetching', file: 'a.tgz', done, total: 1000 });
    }
    display.show({ step: 'fetching', file: 'b.tgz', done: 1500, total: undefined });
    for (const done of [200, 1000]) {
      display.show({ step: 'unpacking', file: 'a.tgz', done, total: 1000 });
    }
    display.end();
    return { moved, lines };
  };

  test('writes a line every tenth where the output is no terminal', () => {
    expect(show(false)).toEqual({
      moved: '',
      lines: [
        'data     fetching a.tgz: 0% of 1 kB',
        'data     fetching a.tgz: 10% of 1 kB',
        'data     fetching a.tgz: 100% of 1 kB',
        'data     fetching b.tgz: 1.5 kB',
        'data     unpacking a.tgz: 20% of 1 kB',
      ],
    });
  });

  test('moves a bar on a terminal', () => {
    const { moved, lines } = show(true);
    expect(lines).toEqual([]);
    const shown = moved.split('\r\x1b[K');
    expect(shown[3]).toMatch(/^data {5}fetching a\.tgz ██░{18} 10% of 1 kB {2}.*\/s {2}.* left$/);
    expect(shown.at(-1)).toBe('');
  });
});
