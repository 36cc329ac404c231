import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { train } from '../../src/commands/train.ts';
import { readRunConfig } from '../../src/run/run-config.ts';
import { catchPrinted } from '../support/printed.ts';
import { tinyRun } from '../support/tiny-run.ts';

const folder = temporaryFolder();
const printed = catchPrinted();
const path = (...parts: string[]) => join(folder(), ...parts);

/** Every file of a folder and its content, but for the temporary ones. */
function contentOf(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .map((file) => [file, readFileSync(file, 'base64')]),
  );
}

const weights = (run: string) => readFileSync(path(run, 'checkpoints/last/weights.bin'), 'base64');
const interruptAt = (place: string) => {
  printed.onPrint = (text) => {
    if (text.includes(place)) process.emit('SIGINT');
  };
};

describe('fbsd train --from', () => {
  test('goes on from where another run was, with other settings on purpose, and leaves that one alone', async () => {
    interruptAt('epoch 1/2  step 1 ');
    expect(await tinyRun(folder(), '--log-every', '1', '--seed', '3')).toBe(130);
    printed.onPrint = () => {};
    const before = contentOf(path('run'));

    // With the same settings it comes to what the run itself would have come to.
    expect(await train(['--from', path('run'), '--out', path('same')])).toBe(0);
    expect(contentOf(path('run'))).toEqual(before);
    expect(await train(['--resume', '--out', path('run')])).toBe(0);
    expect(weights('same') === weights('run')).toBe(true);

    printed.out = '';
    const rates = ['--learning-rate', '0.0001', '--log-every', '2'];
    expect(
      await train(['--from', path('same'), ...rates, '--epochs', '3', '--out', path('b')]),
    ).toBe(0);
    const from = path('same/checkpoints/last');
    expect(printed.out).toContain(`from     ${from}\n`);
    expect(printed.out).toContain('changed  --learning-rate 0.002 → 0.0001\n');
    expect(printed.out).toContain('         epoch 3 of 3, step 4\n');
    const { settings } = await readRunConfig(path('b'));
    expect(settings).toMatchObject({ newLearningRate: 0.0001, totalEpochs: 3, seed: 3, from });
    expect(weights('b') === weights('same')).toBe(false);
    const lines = readFileSync(path('b/metrics.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).step)).toEqual([6, 6]);
  });

  test('killed before its first checkpoint, it begins with the same weights again', async () => {
    expect(await tinyRun(folder(), '--epochs', '1')).toBe(0);
    const longer = ['--from', path('run'), '--epochs', '2', '--out', path('b')];
    expect(await train(longer)).toBe(0);
    const expected = weights('b');
    await rm(path('b/checkpoints'), { recursive: true });
    expect(await train(['--resume', '--out', path('b')])).toBe(0);
    expect(weights('b') === expected).toBe(true);
  });

  test('with other batches it begins at the beginning of the epoch, with the strength of modules that is given', async () => {
    interruptAt('epoch 2/2  step 3 ');
    expect(await tinyRun(folder(), '--log-every', '1')).toBe(130);
    printed.onPrint = () => {};
    const other = ['--batch-size', '5', '--alpha', '0.1', '--image-size', '70'];
    expect(await train(['--from', path('run'), ...other, '--out', path('b')])).toBe(0);
    expect(printed.out).toContain('epoch 2 of 2, step 1\n');
    const model = readFileSync(path('b/checkpoints/last/model.json'), 'utf8');
    expect(model).toContain('"alpha":0.1');
    expect(model).toContain('"batch_input_shape":[null,70,70,3]');
  });

  test('refuses what does not go together, before it writes anything', async () => {
    expect(await tinyRun(folder(), '--epochs', '1')).toBe(0);
    const refused = async (message: string | RegExp, ...flags: string[]) => {
      await expect(train([...flags, '--out', path('b')])).rejects.toThrow(message);
      expect(existsSync(path('b'))).toBe(false);
    };
    const from = ['--from', path('run')];
    await refused('all 1 epochs of the run', ...from);
    await refused('give one of them', ...from, '--resume');
    await refused('are those of --head fbsd, not of linear', ...from, '--head', 'linear');
    await refused('are those of --arch mini, not of resnet18', ...from, '--arch', 'resnet18');
    await refused('leave out --pretrained', ...from, '--pretrained', path('run/config.json'));
    await refused('is neither a run nor a checkpoint of one', '--from', path('nowhere'));
    await rm(path('run/checkpoints'), { recursive: true });
    await refused('had not come to a checkpoint', ...from);
  });
});

describe('fbsd train --resume --epochs', () => {
  test('trains a finished run longer, says what that does to the learning rates, and remembers it', async () => {
    expect(await tinyRun(folder(), '--epochs', '1')).toBe(0);
    expect(await train(['--resume', '--out', path('run')])).toBe(0);
    expect(printed.out).toContain('resumed  after all 1 epochs: only the results once more');

    printed.out = '';
    interruptAt('epoch 2/4');
    const longer = ['--epochs', '4', '--log-every', '1'];
    expect(await train(['--resume', ...longer, '--out', path('run')])).toBe(130);
    printed.onPrint = () => {};
    expect(printed.out).toContain('changed  --epochs 1 → 4, from now on\n');
    expect(printed.out).toContain('resumed  epoch 2 of 4, step 2\n');
    // Half a cosine: (1 + cos(π/4))/2 after a quarter of the way, 0 at its end.
    expect(printed.out).toContain(
      'schedule cosine over 4 epochs from here on: the learning rates go on at 85% of the given ones; over 1 they would be at 0%\n',
    );
    printed.out = '';
    expect(await train(['--resume', '--out', path('run')])).toBe(0);
    expect(printed.out).toContain('resumed  epoch 2 of 4, step 3\n');
    expect(printed.out).toContain('after the last epoch, 4\n');
    await expect(train(['--resume', '--epochs', '3', '--out', path('run')])).rejects.toThrow(
      '4 epochs are done: --epochs cannot be 3',
    );
    expect((await readRunConfig(path('run'))).settings.totalEpochs).toBe(4);
  });
});
