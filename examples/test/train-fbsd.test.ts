import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINI } from '@fbsd/cli';
import { ensureMini, loadDogs, miniDogs } from '@fbsd/datasets';
import { jest } from '@jest/globals';
import { trainFBSD } from '../train-fbsd.ts';

test('the program trains, keeps checkpoints and metrics, and writes a report', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fbsd-program-'));
  let printed = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  try {
    const pictures = join(folder, 'pictures');
    await ensureMini(miniDogs, pictures, { trainPerClass: 1, testPerClass: 1, imageSize: 80 });
    const settings = { ...MINI, imageSize: 65, batchSize: 5, totalEpochs: 1 };
    await trainFBSD(await loadDogs(pictures), settings, join(folder, 'run'));
    expect(printed).toMatch(/10 training images of 10 classes[\s\S]*epoch 1 of 1: \d+\.\d%/);
    expect((await readdir(join(folder, 'run'))).sort()).toEqual([
      'checkpoints',
      'metrics.jsonl',
      'report.html',
    ]);
  } finally {
    write.mockRestore();
    await rm(folder, { recursive: true });
  }
});
