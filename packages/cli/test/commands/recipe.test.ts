import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { evaluate } from '../../src/commands/evaluate.ts';
import { readRunConfig } from '../../src/run/run-config.ts';
import { RECIPES } from '../../src/settings/recipes.ts';
import { catchPrinted } from '../support/printed.ts';
import { tinyRun } from '../support/tiny-run.ts';

const folder = temporaryFolder();
const printed = catchPrinted();
const last = (run: string) => join(folder(), run, 'checkpoints', 'last');

/** Every file of a run's last checkpoint. */
function filesOf(run: string): Record<string, string> {
  const names = readdirSync(last(run)).sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(last(run), name), 'base64')]),
  );
}

test.each([
  '--label-smoothing 0.1 --trivial-augment --random-erasing 0.9 --ema 0.9 --hflip 0',
  '--optimizer adamw --beta2 0.99 --layer-decay 0.75 --ema 0.9',
  '--recipe modern --validation-split 0.4',
])('with %s a run that was killed goes on to the same bytes', async (flags) => {
  const train = (run: string, ...more: string[]) =>
    tinyRun(folder(), ...more, '--out', join(folder(), run));
  expect(await train('whole', ...flags.split(' '), '--save-every', '1')).toBe(0);
  cpSync(join(folder(), 'whole'), join(folder(), 'killed'), { recursive: true });
  // As by a process that is killed between the two moves that put a checkpoint in the place of the one before.
  rmSync(last('killed'), { recursive: true });
  expect(await train('killed', '--resume', ...flags.split(' '))).toBe(0); // given again, they are the same
  expect(filesOf('killed')).toEqual(filesOf('whole'));
});

test('--recipe modern tests by mirror images, and so does evaluate on its run', async () => {
  const run = join(folder(), 'run');
  expect(await tinyRun(folder(), '--recipe', 'modern', '--hflip', '0.5')).toBe(0);
  expect(printed.out).toContain('images of CUB_200_2011, each with its mirror image, after');
  const { settings } = await readRunConfig(run);
  expect(settings).toMatchObject(RECIPES.modern);
  const read = (file: string) => JSON.parse(readFileSync(join(folder(), file), 'utf8'));
  const json = ['--json', join(folder(), 'evaluated.json'), '--backend', 'wasm'];
  expect(await evaluate(['--model', join(run, 'checkpoints/last'), ...json])).toBe(0);
  expect(read('evaluated.json').tta).toBe('flip');
  const [own, evaluated] = [read('run/test.json'), read('evaluated.json')];
  expect(evaluated.heads[0].crossEntropy).toBeCloseTo(own.heads[0].crossEntropy, 4);
  await expect(
    tinyRun(folder(), '--resume', '--recipe', 'cosine', '--tta', 'none'),
  ).rejects.toThrow('--tta flip → none');
});

describe('--ema', () => {
  test('keeps the averages as the model, from which a run without begins with the weights themselves', async () => {
    const train = (run: string, ...flags: string[]) =>
      tinyRun(folder(), ...flags, '--out', join(folder(), run));
    expect(await train('plain')).toBe(0);
    expect(await train('averaged', '--ema', '0.9')).toBe(0);
    const [plain, averaged] = [filesOf('plain'), filesOf('averaged')];
    expect(averaged['velocities.bin']).toBe(plain['velocities.bin']); // the steps are the same
    expect(averaged['weights.bin']).not.toBe(plain['weights.bin']);
    expect(Object.keys(plain)).not.toContain('training-weights.bin');
    const { version } = JSON.parse(Buffer.from(plain['state.json'] as string, 'base64').toString());
    expect(version).toBe(2); // as before there was --ema

    const from = (run: string) => ['--from', join(folder(), run), '--epochs', '3'];
    expect(await train('from plain', ...from('plain'))).toBe(0);
    expect(await train('from averaged', ...from('averaged'), '--ema', '0')).toBe(0);
    expect(filesOf('from averaged')['weights.bin']).toBe(filesOf('from plain')['weights.bin']);
  });
});

describe('--optimizer adamw', () => {
  test('has rates and decay of its own, whatever begins with it, and no flags of sgd', async () => {
    const train = (run: string, ...flags: string[]) =>
      tinyRun(folder(), ...flags, '--out', join(folder(), run));
    expect(await train('sgd')).toBe(0);
    const from = ['--from', join(folder(), 'sgd'), '--epochs', '3'];
    const adamw = ['--optimizer', 'adamw'];
    expect(await train('adamw', ...from, ...adamw, '--learning-rate', '0.005')).toBe(0);
    const { settings } = await readRunConfig(join(folder(), 'adamw'));
    expect(settings).toMatchObject({
      newLearningRate: 0.005,
      pretrainedLearningRate: 0.0001,
      weightDecay: 0.01,
    });
    const state = JSON.parse(readFileSync(join(last('adamw'), 'state.json'), 'utf8'));
    expect(state.velocities[0]).toMatchObject({ name: 'step', shape: [] });
    await expect(train('refused', ...adamw, '--momentum', '0.5')).rejects.toThrow(
      '--momentum is for --optimizer sgd; this is adamw.',
    );
    await expect(train('refused', '--beta1', '0.5')).rejects.toThrow(
      '--beta1 is for --optimizer adamw; this is sgd.',
    );
  });
});
