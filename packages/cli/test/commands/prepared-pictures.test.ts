import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PREPROCESSING_FILE } from '@fbsd/trainer';
import { tinyPath } from '../../../datasets/test/support/tiny-cub.ts';
import { evaluate } from '../../src/commands/evaluate.ts';
import { inspect } from '../../src/commands/inspect.ts';
import { predict } from '../../src/commands/predict.ts';
import { loadClassifier } from '../../src/run/load-classifier.ts';
import { catchPrinted } from '../support/printed.ts';
import { tinyRun } from '../support/tiny-run.ts';

const WASM = ['--backend', 'wasm'] as const;
const printed = catchPrinted();
let folder: string;
let data: string;
let run: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-pictures-'));
  data = join(folder, 'CUB_200_2011');
  run = join(folder, 'run');
  await tinyRun(folder, '--epochs', '1', '--seed', '3');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const picture = (id: number) => join(data, 'images', tinyPath(id));

describe('preprocessing.json of the model', () => {
  const changed = async (name: string, change: object) => {
    const copy = join(folder, name);
    await cp(join(run, 'checkpoints/best'), copy, { recursive: true });
    const file = join(copy, PREPROCESSING_FILE);
    const written = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...written, ...change }));
    return copy;
  };
  const predictions = async (model: string) => {
    expect(await predict([picture(1), '--model', model, '--json', ...WASM])).toBe(0);
    return JSON.parse(printed.out)[0].predictions;
  };

  test('predict heeds it, as loadClassifier does', async () => {
    const usual = await predictions(run);
    const copy = await changed('other-mean', { mean: [0.4, 0.5, 0.6] });
    printed.out = '';
    const predicted = await predictions(copy);
    expect(predicted).not.toEqual(usual);
    const classifier = await loadClassifier(copy);
    const classified = await classifier.classify(picture(1));
    classifier.dispose();
    expect(predicted).toEqual(
      classified.map(({ className, probability }) => ({ class: className, probability })),
    );
  });

  test('evaluate and inspect refuse what they would do otherwise', async () => {
    const copy = await changed('other-std', { std: [0.2, 0.2, 0.2] });
    const message =
      'preprocessing.json prepares pictures otherwise than fbsd trains: expected std [0.5,0.5,0.5]; got [0.2,0.2,0.2]. fbsd predict heeds it';
    await expect(evaluate(['--model', copy, '--data', data, ...WASM])).rejects.toThrow(message);
    const out = join(folder, 'refused');
    await expect(inspect([picture(1), '--model', copy, '--out', out, ...WASM])).rejects.toThrow(
      message,
    );
    expect(existsSync(out)).toBe(false);
  });

  test('one that does not fit the model, or is damaged, is refused', async () => {
    const crop = { left: 0, top: 0, width: 32, height: 32 };
    const small = await changed('small-crop', { crop });
    await expect(predict([picture(1), '--model', small, ...WASM])).rejects.toThrow(
      'takes images of 65×65, but its preprocessing.json gives 32×32',
    );
    const newer = await changed('newer', { version: 3 });
    await expect(predict([picture(1), '--model', newer, ...WASM])).rejects.toThrow(
      'preprocessing.json is of version 3',
    );
  });
});

describe('--max-pixels', () => {
  test('bounds the pictures of predict and inspect; the message names the flag', async () => {
    const few = ['--max-pixels', '1000', ...WASM];
    expect(await predict([picture(1), '--model', run, ...few])).toBe(1);
    expect(printed.err).toMatch(/more than the 0\.001 megapixels that --max-pixels allows\)/);
    printed.err = '';
    const out = join(folder, 'too-large');
    expect(await inspect([picture(1), '--model', run, '--out', out, ...few])).toBe(1);
    expect(printed.err).toContain('that --max-pixels allows');
  });

  test('bounds those of evaluate, and is kept in the run', async () => {
    const few = ['--max-pixels', '1000', '--skip-corrupt', ...WASM];
    const evaluated = evaluate(['--model', run, ...few]);
    await expect(evaluated).rejects.toThrow('that maxPixels allows'); // in the words of flags in runCommand
    const config = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
    expect(config.settings.maxPixels).toBe(178_956_970);
  });
});
