import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureMini, miniCub } from '@fbsd/datasets';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { train } from '../../src/commands/train.ts';
import { loadTrainedModel } from '../../src/run/trained-model.ts';
import { catchPrinted } from '../support/printed.ts';

const folder = temporaryFolder();
catchPrinted();
const run = () => join(folder(), 'run');
const data = () => join(folder(), 'birds');

beforeEach(() => ensureMini(miniCub, data(), { trainPerClass: 3, testPerClass: 1, imageSize: 64 }));

const SMALL = '--arch mini --image-size 65 --batch-size 10 --backend wasm';
const begin = (flags: string) =>
  train(['--data', data(), ...SMALL.split(' '), '--out', run(), ...flags.split(' ')]);
const checkpoints = () => {
  const below = join(run(), 'checkpoints');
  return existsSync(below) ? readdirSync(below).sort() : [];
};

describe('a run whose learning rate is too large', () => {
  test('never makes a model the best whose test loss is no number', async () => {
    const rates = '--learning-rate 30 --pretrained-learning-rate 30 --schedule reference';
    await expect(begin(`${rates} --epochs 2`)).rejects.toThrow(
      /^\[fbsd\] train: the (test )?loss is (NaN|Infinity) at step \d+ \(epoch [12]\)\. /,
    );
    for (const name of checkpoints()) await expectSound(join(run(), 'checkpoints', name));
  });

  test('that float32 cannot hold is refused before anything is written', async () => {
    await expect(begin('--learning-rate 1e39 --epochs 1')).rejects.toThrow(/got '?1e\+?39/);
    expect(existsSync(run())).toBe(false);
  });

  test.each(['1e38', '1e30'])(
    'keeps nothing of it with --save-every 1 and a rate of %s, so that it cannot be resumed into the same end',
    async (rate) => {
      await expect(begin(`--learning-rate ${rate} --save-every 1 --epochs 1`)).rejects.toThrow(
        / at step [12] \(epoch 1\)\. Nothing is kept .* Start anew with a smaller --learning-rate\.$/,
      );
      expect(checkpoints()).toEqual([]);
    },
  );
});

async function expectSound(directory: string): Promise<void> {
  const { model } = await loadTrainedModel(directory);
  const values = model.getWeights().map((weight) => weight.dataSync().every(Number.isFinite));
  expect(values).not.toContain(false);
  model.dispose();
}
