import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fbsd } from '@fbsd/fbsd';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { selectBackend } from '../../src/backend/select-backend.ts';
import { evaluate } from '../../src/commands/evaluate.ts';
import { loadTrainedModel } from '../../src/run/trained-model.ts';
import { completeSettings } from '../../src/settings/settings.ts';
import { newNetwork } from '../../src/setup/network.ts';
import { catchPrinted } from '../support/printed.ts';
import { tinyRun } from '../support/tiny-run.ts';

const folder = temporaryFolder();
const printed = catchPrinted();
beforeAll(() => selectBackend('wasm'));

/** Values by the name of the weight. */
function valuesOf(model: LayersModel): Map<string, Float32Array> {
  const values = model.weights.map((weight) => {
    return [weight.originalName, weight.read().dataSync() as Float32Array] as const;
  });
  return new Map(values);
}

test('the plain network has the backbone of FBSD, weight for weight, for the same seed', async () => {
  const settings = completeSettings('cub', { imageSize: 65, seed: 7 });
  const linear = await newNetwork({ ...settings, head: 'linear' }, 3, 'random');
  const whole = fbsd({ arch: 'mini', classes: 3, imageSize: 65, seed: 7 });
  const [own, others] = [valuesOf(linear), valuesOf(whole)];
  const shared = [...own].filter(([name]) => !name.startsWith('fc/'));
  expect(shared).toHaveLength(own.size - 2);
  for (const [name, values] of shared) expect(others.get(name)).toEqual(values);
  expect(linear.outputs.map(({ shape }) => shape)).toEqual([[null, 3]]);

  const other = await newNetwork({ ...settings, head: 'linear', seed: 8 }, 3, 'random');
  expect(valuesOf(other).get('conv1/kernel')).not.toEqual(own.get('conv1/kernel'));
  // With a file for the backbone the classifier still begins with random weights.
  const pretrained = { backbone: 'zeros' } as const;
  const waiting = await newNetwork({ ...settings, head: 'linear' }, 3, pretrained);
  expect(valuesOf(waiting).get('fc/kernel')).toEqual(own.get('fc/kernel'));
  for (const model of [linear, whole, other, waiting]) model.dispose();
});

test('--head linear trains, resumes to the same bytes, is tested, and explains no levels', async () => {
  const run = join(folder(), 'run');
  const weights = () => readFileSync(join(run, 'checkpoints/last/weights.bin'), 'base64');
  expect(await tinyRun(folder(), '--head', 'linear', '--learning-rate', '0.01')).toBe(0);
  expect(printed.out).toMatch(/\n {2}classifier +[\d.]+%\n {2}combined +[\d.]+%\n/);
  const report = readFileSync(join(run, 'report.html'), 'utf8');
  expect(report).toContain('<title>mini on CUB_200_2011</title>');
  expect(report).toContain('mini with a linear head at 65 px');
  expect(report).not.toContain('What each level saw');
  const whole = weights();
  const json = join(folder(), 'result.json');
  expect(await evaluate(['--model', run, '--json', json, '--backend', 'wasm'])).toBe(0);
  const { heads, accuracy } = JSON.parse(readFileSync(json, 'utf8'));
  expect(heads).toMatchObject([{ name: 'classifier', accuracy }]);

  rmSync(join(run, 'checkpoints/last'), { recursive: true }); // killed between two moves
  expect(await tinyRun(folder(), '--resume')).toBe(0);
  expect(weights() === whole).toBe(true);
  const { model } = await loadTrainedModel(join(run, 'checkpoints/last'));
  expect(model.name).toBe('mini');
  expect(model.layers.some(({ name }) => name.startsWith('fbsm'))).toBe(false);
  model.dispose();
}, 240_000);

test('--head linear has no strengths of modules', async () => {
  const flags = ['--head', 'linear', '--gamma', '0'];
  await expect(tinyRun(folder(), ...flags)).rejects.toThrow('--gamma is for --head fbsd');
  expect(existsSync(join(folder(), 'run'))).toBe(false);
});
