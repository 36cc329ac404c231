import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { readFlags, refuseForeignFlags } from '../../src/settings/flags.ts';
import { RECIPES } from '../../src/settings/recipes.ts';
import { completeSettings, resumedSettings } from '../../src/settings/settings.ts';

describe('readFlags', () => {
  test('reads every kind of flag', () => {
    const flags = {
      arch: 'resnet50',
      'image-size': '448',
      'learning-rate': '2e-3',
      data: 'CUB_200_2011',
      schedule: 'reference',
      'skip-corrupt': true,
      'crop-banner': true,
      'aircraft-level': 'family',
      'test-share': '.3',
      out: 'elsewhere',
    };
    expect(readFlags(flags)).toEqual({
      arch: 'resnet50',
      imageSize: 448,
      newLearningRate: 0.002,
      data: resolve('CUB_200_2011'),
      schedule: 'reference',
      skipCorrupt: true,
      cropBanner: true,
      aircraftLevel: 'family',
      testShare: 0.3,
    });
  });

  test('a recipe stands for settings, and what is given beside it wins', () => {
    expect(readFlags({ recipe: 'modern', ema: '0.99' })).toEqual({
      ...RECIPES.modern,
      emaDecay: 0.99,
    });
    expect(readFlags({ recipe: 'reference' })).toEqual({ schedule: 'reference' });
    const usual = completeSettings('cub', {});
    expect(completeSettings('cub', readFlags({ recipe: 'cosine' }))).toEqual(usual);
  });

  test('the modern recipe tests by no mirror images where training has none', () => {
    expect(readFlags({ recipe: 'modern', hflip: '0' }).tta).toBe('none');
    expect(readFlags({ recipe: 'modern', hflip: '0', tta: 'flip' }).tta).toBe('flip');
    expect(readFlags({ recipe: 'cosine', hflip: '0' })).not.toHaveProperty('tta');
  });

  test.each([
    [
      { recipe: 'modem' },
      "--recipe takes one of cosine, reference, modern; got 'modem'. Did you mean modern?",
    ],
    [{ 'validation-split': '1' }, '--validation-split takes a number from 0 that is less than 1'],
    [{ hflip: '2' }, '--hflip takes a number from 0 to 1'],
    [{ 'batch-size': '1' }, "--batch-size takes a whole number from 2; got '1'"],
    [{ 'image-size': '1e3' }, "--image-size takes a whole number from 1; got '1e3'"],
    [{ epochs: '-1' }, "--epochs takes a whole number from 1; got '-1'"],
    [{ 'learning-rate': 'fast' }, "--learning-rate takes a number from 0; got 'fast'"],
    [
      { momentum: 'Infinity' },
      "--momentum takes a number from 0 that is less than 1; got 'Infinity'",
    ],
    [{ momentum: '1' }, "less than 1; got '1'"],
    [{ momentum: '-0.5' }, "less than 1; got '-0.5'"],
    [{ 'weight-decay': '1.5' }, '--weight-decay takes a number from 0 that is less than 1'],
    [{ beta: '1.1' }, '--beta takes a number from 0 to 1'],
    [{ alpha: '0x10' }, '--alpha takes a number from 0'],
    [{ alpha: ' ' }, '--alpha takes a number from 0'],
    [{ epochs: '9'.repeat(400) }, '--epochs takes a whole number from 1'],
    [{ arch: 'resnet5' }, "got 'resnet5'. Did you mean resnet50?"],
    [{ arch: 'vgg16' }, '--arch takes one of mini, resnet18, resnet34, resnet50, resnet101'],
    [{ backend: 'cuda' }, '--backend takes one of auto, node-gpu, webgpu, native, node, wasm, cpu'],
    [{ seed: '4294967296' }, "--seed takes a whole number from 0 to 4294967295; got '4294967296'"],
    [{ data: '' }, '--data takes a path'],
    [{ dataset: 'cats' }, '--dataset takes one of cub, cub-hard, cars, aircraft, dogs, folder'],
    [{ 'test-share': '1' }, '--test-share takes a number between 0 and 1'],
  ])('refuses %j', (flags, message) => {
    expect(() => readFlags(flags as Record<string, string>)).toThrow(message);
  });
});

test('a ~ that the shell left is the home folder', () => {
  expect(readFlags({ data: '~/photos' })).toEqual({ data: join(homedir(), 'photos') });
  expect(readFlags({ data: '~photos' })).toEqual({ data: resolve('~photos') });
});

describe('refuseForeignFlags', () => {
  test('refuses what means nothing for the data set, and nothing else', () => {
    expect(() => refuseForeignFlags('cub', { aircraftLevel: 'family' })).toThrow(
      '--aircraft-level is for --dataset aircraft alone; this is cub. Leave it out.',
    );
    refuseForeignFlags('aircraft', { aircraftLevel: 'family', cropBanner: true, seed: 1 });
    refuseForeignFlags('folder', { testShare: 0.3, alpha: 0 });
  });
});

describe('completeSettings', () => {
  test('takes the mini settings without data and the published ones with it', async () => {
    const mini = completeSettings('cub', {});
    expect(mini).toMatchObject({ arch: 'mini', data: null, imageSize: 96, momentum: 0.9 });
    const published = completeSettings('cub', { data: 'CUB_200_2011' });
    expect(published).toMatchObject({
      arch: 'resnet50',
      imageSize: 448,
      batchSize: 20,
      totalEpochs: 200,
      newLearningRate: 0.002,
      pretrainedLearningRate: 0.0002,
      weightDecay: 5e-4,
      seed: 666,
    });
  });

  test('the harder birds are learned from for longer than the others', () => {
    const mini = completeSettings('cub', {});
    const hard = { ...mini, dataset: 'cub-hard', totalEpochs: 20 };
    expect(completeSettings('cub-hard', {})).toEqual(hard);
    expect(mini.totalEpochs).toBe(10);
  });

  test.each(['cub', 'cars', 'aircraft', 'dogs', 'folder'] as const)(
    'DenseNet-161 on %s has published settings of its own',
    async (dataset) => {
      const settings = completeSettings(dataset, { data: 'x', arch: 'densenet161' });
      expect(settings).toMatchObject({ arch: 'densenet161', batchSize: 10, totalEpochs: 265 });
      expect(Object.keys(settings)).not.toContain('densenet161');
      expect(completeSettings(dataset, { data: 'x' })).toMatchObject({ batchSize: 20 });
    },
  );

  test('what is given wins', async () => {
    expect(completeSettings('cub', { totalEpochs: 3 })).toMatchObject({ totalEpochs: 3 });
  });
});

describe('completeSettings with AdamW', () => {
  test('has the rates of PyTorch, for a backbone with weights a tenth, unless flags give others', () => {
    expect(completeSettings('cub', { optimizer: 'adamw', data: '/cub' })).toMatchObject({
      newLearningRate: 1e-3,
      pretrainedLearningRate: 1e-4,
      weightDecay: 0.01,
    });
    expect(completeSettings('cub', { optimizer: 'adamw', weightDecay: 0.05 })).toMatchObject({
      newLearningRate: 1e-3,
      pretrainedLearningRate: 1e-3,
      weightDecay: 0.05,
    });
  });
});

describe('resumedSettings', () => {
  test('keeps what the run started with and lets data, backend and logging differ', async () => {
    const stored = completeSettings('cub', { seed: 3 });
    expect(resumedSettings(stored, { backend: 'cpu', data: '/moved', seed: 3 })).toEqual({
      ...stored,
      backend: 'cpu',
      data: '/moved',
    });
  });

  test('refuses anything else that differs, by name', async () => {
    const stored = completeSettings('cub', {});
    expect(() => resumedSettings(stored, { batchSize: 8, seed: 1 })).toThrow(
      'these differ: --batch-size 16 → 8, --seed 666 → 1',
    );
  });
});
