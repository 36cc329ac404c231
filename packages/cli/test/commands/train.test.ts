import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { lines, tinyPath, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { ablate } from '../../src/commands/ablate.ts';
import { HELP, train } from '../../src/commands/train.ts';
import { readRunConfig, writeRunConfig } from '../../src/run/run-config.ts';
import { FLAGS, SWITCHES } from '../../src/settings/flags.ts';
import { trainCommand } from '../../src/settings/program-name.ts';
import { catchPrinted } from '../support/printed.ts';
import { FIVE_TO_TRAIN, tinyRun as runTiny } from '../support/tiny-run.ts';

const folder = temporaryFolder();

const printed = catchPrinted();

const tinyRun = (...flags: string[]) => runTiny(folder(), ...flags);

describe('fbsd train', () => {
  test('trains, and leaves config, metrics, checkpoints, report and a table of results', async () => {
    expect(await tinyRun('--seed', '3')).toBe(0);
    const run = join(folder(), 'run');
    const config = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
    expect(config.settings).toMatchObject({ arch: 'mini', imageSize: 65, seed: 3, momentum: 0.9 });
    expect(config.classNames).toHaveLength(3);
    expect(config.environment).toMatchObject({ backend: 'wasm', node: process.version });
    const [events] = await readdir(join(run, 'tensorboard'));
    const written = (await readFile(join(run, 'tensorboard', events as string))).toString('latin1');
    for (const tag of ['loss/test', 'accuracy/test', 'level 3 suppressed']) {
      expect({ tag, written: written.includes(tag) }).toEqual({ tag, written: true });
    }
    for (const file of ['metrics.jsonl', 'report.html', 'checkpoints/best/model.json']) {
      expect(existsSync(join(run, file))).toBe(true);
    }
    // Image 6 of 40 × 30 pixels: to 80 × 80, of which 65 × 65 from 8 on; the beak is at 6.5, 4.
    const report = await readFile(join(run, 'report.html'), 'utf8');
    expect(report).toContain('; visible parts: beak"');
    expect(report).toMatch(/<title>beak<\/title><circle [^>]*cx="7.69" cy="4.1"/);
    const last = JSON.parse(
      (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n').at(-1) as string,
    );
    const combined = `${(100 * last.test.accuracy).toFixed(1)}%`;
    expect(printed.out).toMatch(new RegExp(`\\n {2}combined +${combined}\\n`)); // top-5 of three classes says nothing
    expect(printed.out).toMatch(/level 1 .*\n.*level 2 .*\n.*level 3 .*\n.*concat .*\n/);
    expect(printed.out).toContain(join(run, 'report.html'));
    expect(printed.out).toContain('backend  wasm');
  });

  test('tells memory and time before it trains, and keeps in config.json what it trains with', async () => {
    expect(await tinyRun('--epochs', '1')).toBe(0);
    expect(printed.out).toMatch(/memory {3}about [\d.]+ MB for a batch of 2 images\n/);
    expect(printed.out).toMatch(/time {5}trying .*\ntime {5}about (.* a step, )?\d.* an epoch\n/);
    const config = JSON.parse(await readFile(join(folder(), 'run/config.json'), 'utf8'));
    expect(config.settings).toMatchObject({ batchSize: 2, accumulate: 1 });
  });

  test('refuses a batch that does not fit, with the flags that do, before it leaves anything', async () => {
    await expect(tinyRun('--batch-size', '9000')).rejects.toThrow(
      /--batch-size 9000 needs about [\d.]+ GB, but .* has [\d.]+ GB: at most \d+ images fit into a batch\. Use --batch-size \d+ --accumulate \d+/,
    );
    expect(existsSync(join(folder(), 'run'))).toBe(false);
  });

  test('a run whose batch does not fit any more is not resumed', async () => {
    expect(await tinyRun('--epochs', '1')).toBe(0);
    const run = join(folder(), 'run');
    const config = await readRunConfig(run);
    config.settings.batchSize = 9000;
    await writeRunConfig(run, config);
    await expect(train(['--resume', '--out', run])).rejects.toThrow(
      /--resume: the run's batches of 9000 images need about [\d.]+ GB, but .* has/,
    );
  });

  test('resumes a checkpoint from before it kept which layers are new, at the same learning rates', async () => {
    const rates = ['--learning-rate', '0.02', '--pretrained-learning-rate', '0.001'];
    const weights = async () => {
      const last = join(folder(), 'run/checkpoints/last');
      return (await readFile(join(last, 'weights.bin'))).toString('base64');
    };
    expect(await tinyRun(...rates)).toBe(0);
    const expected = await weights();
    await rm(join(folder(), 'run'), { recursive: true });

    printed.onPrint = (text) => {
      if (text.includes('epoch 1/2  step 1 ')) process.emit('SIGINT');
    };
    expect(await tinyRun(...rates, '--log-every', '1')).toBe(130);
    const file = join(folder(), 'run/checkpoints/last/model.json');
    const { userDefinedMetadata, ...older } = JSON.parse(await readFile(file, 'utf8'));
    expect(userDefinedMetadata.fbsdNewLayers).toContain('fbsm1');
    await writeFile(file, JSON.stringify(older));
    await rm(join(folder(), 'run/checkpoints/last/SHA256SUMS')); // there was none either
    expect(await train(['--resume', '--out', join(folder(), 'run')])).toBe(0);
    expect((await weights()) === expected).toBe(true);
  });

  test.each([
    ['SIGINT', 'Ctrl-C', 130],
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGHUP', 'SIGHUP', 129],
  ] as const)(
    '%s finishes the step, writes a checkpoint and says how to resume; resuming ends the run',
    async (signal, name, code) => {
      printed.onPrint = (text) => {
        if (text.includes('epoch 1/2  step 1 ')) process.emit(signal);
      };
      expect(await tinyRun('--log-every', '1')).toBe(code);
      const run = join(folder(), 'run');
      expect(printed.out).toContain(`${name}: finishing this batch`);
      expect(printed.out).toContain(`${trainCommand()} --resume --out ${run}`);
      expect(existsSync(join(run, 'checkpoints/last/state.json'))).toBe(true);
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
        expect(process.listenerCount(name)).toBe(0);
      }
      if (signal === 'SIGHUP') return;

      expect(await train(['--resume', '--out', run])).toBe(0);
      expect(printed.out).toContain('resumed  epoch 1 of 2, step 1\n');
      expect(printed.out).toContain('combined');
    },
    240_000,
  );

  test('resumes with the settings that the run began with, but for those that do not decide its result', async () => {
    expect(await tinyRun('--epochs', '1')).toBe(0);
    const run = join(folder(), 'run');
    await expect(train(['--resume', '--out', run, '--seed', '4'])).rejects.toThrow(
      '--seed 666 → 4',
    );
    // Finished: only the summary again.
    expect(await train(['--resume', '--out', run, '--save-every', '7'])).toBe(0);
    expect(printed.out).toContain('changed  --save-every 200 → 7, this time\n');
  });

  test('says which epoch the accuracies are of, and what patience ended', async () => {
    const flags = [
      '--epochs',
      '40',
      '--patience',
      '1',
      '--learning-rate',
      '0',
      '--pretrained-learning-rate',
      '0',
    ];
    expect(await tinyRun(...flags)).toBe(0);
    const [, last, best] =
      /Stopped early, after epoch (\d+) of 40: no better test in 1 epochs than the [\d.]+% of epoch (\d+)\.\n/.exec(
        printed.out,
      ) as RegExpExecArray;
    expect(Number(last)).toBe(Number(best) + 1);
    expect(printed.out).toContain(`of CUB_200_2011 after the last epoch, ${last}\n`);
    expect(printed.out).toMatch(new RegExp(`best combined +[\\d.]+% {2}after epoch ${best}\\n`));
    expect(printed.out).toMatch(new RegExp(`checkpoints/best {2}\\(epoch ${best}\\)\\n`));
    expect(printed.out).toMatch(new RegExp(`checkpoints/last {2}\\(epoch ${last}\\)\\n`));
  });

  test('without test pictures trains to the end, with the last checkpoint alone, and says so', async () => {
    const allToTrain = lines([1, 2, 3, 4, 5, 6].map((id) => `${id} 1`));
    await writeTinyCub(join(folder(), 'CUB_200_2011'), { 'train_test_split.txt': allToTrain });
    expect(await tinyRun()).toBe(0);
    const run = join(folder(), 'run');
    expect(printed.out).toContain('CUB_200_2011 has no test images: nothing was tested\n');
    expect(printed.out).not.toContain('best');
    expect((await readdir(join(run, 'checkpoints'))).sort()).toEqual(['last', 'last.previous']);
    const report = await readFile(join(run, 'report.html'), 'utf8');
    expect(report).toContain('FBSD on CUB_200_2011');
    expect(report.replace(/;base64,[\w+/=]+/g, '')).not.toContain('NaN'); // pictures may spell it
    expect(await train(['--resume', '--out', run])).toBe(0);
    await expect(
      ablate([
        '--data',
        join(folder(), 'CUB_200_2011'),
        '--arch',
        'mini',
        '--image-size',
        '65',
        '--batch-size',
        '2',
        '--epochs',
        '1',
        '--backend',
        'wasm',
        '--out',
        join(folder(), 'ablation'),
      ]),
    ).rejects.toThrow('the data has no test images, so nothing can be compared');
  });

  test('a run that was killed before its first checkpoint begins again', async () => {
    expect(await tinyRun('--epochs', '1', '--seed', '4')).toBe(0);
    const run = join(folder(), 'run');
    const metrics = await readFile(join(run, 'metrics.jsonl'), 'utf8');
    await rm(join(run, 'checkpoints'), { recursive: true });
    expect(await train(['--resume', '--out', run])).toBe(0);
    expect(printed.out).toContain('resumed  from the beginning');
    const test = (text: string) => JSON.parse(text.trim().split('\n').at(-1) as string).test;
    const again = await readFile(join(run, 'metrics.jsonl'), 'utf8');
    expect(test(again)).toEqual(test(metrics));
    expect(again.split('\n')).toHaveLength(metrics.split('\n').length);
  });

  test('--help says what every flag means', async () => {
    expect(await train(['--help'])).toBe(0);
    expect(printed.out).toBe(HELP);
    for (const flag of [
      ...Object.keys(FLAGS),
      ...Object.keys(SWITCHES),
      'download',
      'resume',
      'from',
      'out',
      'recipe',
    ]) {
      expect(HELP.match(new RegExp(`^  --${flag} .*[a-z]`, 'gm'))).toHaveLength(1);
    }
  });
});

describe('fbsd train refuses, before it writes anything,', () => {
  const refused = async (message: string | RegExp, ...flags: string[]) => {
    await expect(tinyRun(...flags)).rejects.toThrow(message);
    expect(existsSync(join(folder(), 'run'))).toBe(false);
  };

  test('an unknown flag', () =>
    refused('there is no flag --epoch here. Did you mean --epochs?', '--epoch=3'));
  test('a flag without its value', () => refused(/--epochs/, '--epochs'));
  test('a batch of one', () =>
    refused('--batch-size takes a whole number from 2', '--batch-size', '1'));
  test('images too small for the last stage', () =>
    refused('imageSize must be a whole number of at least 65 pixels', '--image-size', '64'));
  test('a data folder that is missing', () =>
    refused(/nowhere/, '--data', join(folder(), 'nowhere')));
  test('half a data folder', async () => {
    const data = join(folder(), 'CUB_200_2011');
    await writeTinyCub(data, { 'train_test_split.txt': undefined });
    await refused('train_test_split.txt');
  });
  test('a class id out of range', async () => {
    const labels = lines([1, 2, 3, 4, 5, 6].map((id) => `${id} ${id === 4 ? 9 : 1}`));
    await writeTinyCub(join(folder(), 'CUB_200_2011'), { 'image_class_labels.txt': labels });
    await refused(/image_class_labels\.txt:4.*9/);
  });
  test('a missing picture, unless --skip-corrupt', async () => {
    const data = join(folder(), 'CUB_200_2011');
    await writeTinyCub(data, { 'train_test_split.txt': FIVE_TO_TRAIN });
    await rm(join(data, 'images', tinyPath(5)));
    await refused(/Bird_0005/);
    expect(await tinyRun('--skip-corrupt', '--epochs', '1')).toBe(0);
    expect(printed.out).toMatch(/warning .*Bird_0005/);
  });
  test('to go on with a run that another process writes to', async () => {
    expect(await tinyRun('--epochs', '1')).toBe(0);
    const run = join(folder(), 'run');
    expect(existsSync(join(run, '.lock'))).toBe(false);
    const lock = { pid: process.ppid, host: hostname(), since: 'now' };
    await writeFile(join(run, '.lock'), JSON.stringify(lock));
    await expect(train(['--resume', '--out', run])).rejects.toThrow(
      `another process (${process.ppid} on ${hostname()}, since now) writes to ${run}`,
    );
  });
  test('to resume where no run is', async () => {
    await expect(train(['--resume', '--out', join(folder(), 'no')])).rejects.toThrow(
      'holds no run',
    );
  });
});

describe('fbsd train and its output directory', () => {
  test('does not write into one that holds something', async () => {
    await mkdir(join(folder(), 'run'));
    await writeFile(join(folder(), 'run', 'thesis.txt'), 'years of work');
    await expect(tinyRun()).rejects.toThrow('is not empty. Choose another one with --out');
    expect(await readFile(join(folder(), 'run', 'thesis.txt'), 'utf8')).toBe('years of work');
  });

  test('says that it cannot write', async () => {
    await writeFile(join(folder(), 'file'), '');
    for (const out of [join(folder(), 'file', 'run'), '/proc/run']) {
      await expect(tinyRun('--out', out)).rejects.toThrow('cannot write to the output directory');
    }
  });

  test('refuses to resume a checkpoint of another architecture', async () => {
    expect(await tinyRun('--epochs', '1')).toBe(0);
    const run = join(folder(), 'run');
    const config = await readRunConfig(run);
    config.settings.arch = 'resnet18';
    await writeRunConfig(run, config);
    await expect(train(['--resume', '--out', run])).rejects.toThrow(
      'is fbsd_mini, but config.json says fbsd_resnet18',
    );
  });
});
