import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { lines, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { runCommand } from '../../src/run-command.ts';
import { catchPrinted } from '../support/printed.ts';

const folder = temporaryFolder();
const printed = catchPrinted();

/** Classes of two, two and one training pictures, of which validation takes one, one and none. */
const SPLIT = lines([1, 2, 3, 4, 5, 6].map((id) => `${id} ${Number(id < 6)}`));
const SMALL = '--arch mini --image-size 65 --batch-size 2 --epochs 3 --backend wasm';

async function train(run: string, ...flags: string[]): Promise<number> {
  const data = join(folder(), 'CUB_200_2011');
  if (!existsSync(data)) await writeTinyCub(data, { 'train_test_split.txt': SPLIT });
  const out = ['--out', join(folder(), run)];
  return runCommand(['train', '--data', data, ...SMALL.split(' '), ...out, ...flags]);
}

const read = (run: string, file: string) => readFileSync(join(folder(), run, file), 'utf8');
const linesOf = (run: string) =>
  read(run, 'metrics.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('--validation-split', () => {
  test('epochs are tested on it; the test images once, by the best epoch, as evaluate does', async () => {
    expect(await train('run', '--validation-split', '0.4')).toBe(0);
    expect(printed.out).toContain('3 training, 2 validation and 1 test images');
    const epochs = linesOf('run').filter(({ kind }) => kind === 'epoch');
    expect(epochs.map(({ test }) => test)).toEqual([null, null, null]);
    const validations = epochs.map(({ validation }) => validation);
    expect(validations.map(({ count }) => count)).toEqual([2, 2, 2]);
    const shares = validations.map(({ accuracy }) => accuracy);
    const best = shares.indexOf(Math.max(...shares)) + 1;

    const result = JSON.parse(read('run', 'test.json'));
    expect(result).toMatchObject({ model: 'checkpoints/best', epoch: best, images: 1 });
    expect(printed.out).toMatch(/epoch 1\/3 .* validation loss [\d.]+ accuracy /);
    expect(printed.out).toContain(`after epoch ${best}, the best by the validation split\n`);
    const share = `${(100 * shares[best - 1]).toFixed(1)}%`;
    expect(printed.out).toMatch(new RegExp(`best validation +${share} {2}after epoch ${best}\n`));
    const report = read('run', 'report.html');
    expect(report).toContain(`after epoch ${best} of 3, the best on 2 validation images: ${share}`);
    expect(report).toContain('class="test"></i>validation');

    const json = join(folder(), 'evaluated.json');
    const model = ['--model', join(folder(), 'run'), '--backend', 'wasm'];
    expect(await runCommand(['evaluate', ...model, '--json', json])).toBe(0);
    const evaluated = JSON.parse(readFileSync(json, 'utf8'));
    expect(evaluated.accuracy).toBe(result.accuracy);
    expect(evaluated.images).toBe(1);
  }, 240_000);

  test('a run that was killed goes on to the same bytes, and keeps its split', async () => {
    expect(await train('whole', '--validation-split', '0.4', '--save-every', '1')).toBe(0);
    cpSync(join(folder(), 'whole'), join(folder(), 'killed'), { recursive: true });
    rmSync(join(folder(), 'killed/checkpoints/last'), { recursive: true }); // between two moves
    rmSync(join(folder(), 'killed/test.json'));
    expect(await train('killed', '--resume')).toBe(0);
    for (const file of ['last/weights.bin', 'last/state.json', 'best/weights.bin']) {
      const [whole, killed] = ['whole', 'killed'].map((run) =>
        readFileSync(join(folder(), run, 'checkpoints', file), 'base64'),
      );
      expect(killed === whole).toBe(true);
    }
    expect(read('killed', 'test.json')).toBe(read('whole', 'test.json'));
    expect(await train('killed', '--resume', '--validation-split', '0.5')).toBe(1);
    expect(printed.err).toContain('--validation-split 0.4 → 0.5');
  }, 240_000);

  test('without it nothing differs but for test.json, the last test', async () => {
    expect(await train('run')).toBe(0);
    const { test, ...last } = linesOf('run').at(-1);
    expect(last).not.toHaveProperty('validation');
    const result = JSON.parse(read('run', 'test.json'));
    expect(result).toMatchObject({ model: 'checkpoints/last', epoch: 3, images: 1 });
    expect(result.accuracy).toBe(test.accuracy);
  }, 240_000);
});
