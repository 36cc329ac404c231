import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fbsd } from '@fbsd/fbsd';
import { encodeLabels, LABELS } from '@fbsd/trainer/run-files';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { writePictures } from '../../../datasets/test/support/coloured.ts';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { selectBackend } from '../../src/backend/select-backend.ts';
import { modelDirectory } from '../../src/run/model-directory.ts';
import { configFile, writeRunConfig } from '../../src/run/run-config.ts';
import { runCommand } from '../../src/run-command.ts';
import { completeSettings } from '../../src/settings/settings.ts';
import { catchPrinted } from '../support/printed.ts';

const WASM = ['--backend', 'wasm'];
const EVIL = 'a\x1b[31m\x07\u202eb';
const HARMLESS = '"a\\u001b[31m\\u0007\\u202eb"';
/** All that a terminal obeys, but for the end of a line. */
const OBEYED = /[^\P{Cc}\n]|\p{Bidi_Control}/u;

const folder = temporaryFolder();
const printed = catchPrinted();
let cwd: string;

beforeAll(() => selectBackend('wasm'));
beforeEach(() => {
  cwd = process.cwd();
  process.chdir(folder());
});
afterEach(() => process.chdir(cwd));

/** A folder of pictures with the split of a data set, and a run on it with a model that has learned nothing. */
async function writeRun(run: string, data: string, classNames: readonly string[]): Promise<void> {
  const files = classNames.flatMap((name) => [`train/${name}/1.jpg`, `test/${name}/1.jpg`]);
  await writePictures(join(folder(), data), files);
  const model = fbsd({ arch: 'mini', classes: classNames.length, imageSize: 65, seed: 1 });
  const best = join(run, 'checkpoints/best');
  await model.save(modelDirectory(best));
  model.dispose();
  await writeFile(join(best, LABELS), encodeLabels([...classNames].sort()));
  const settings = completeSettings('folder', { data: join(folder(), data) });
  await writeRunConfig(run, { settings, classNames, environment: {} });
}

async function savePlain(directory: string, units: number, activation?: 'softmax'): Promise<void> {
  const model = sequential({
    layers: [
      layers.globalAveragePooling2d({ inputShape: [65, 65, 3] }),
      layers.dense({ units, ...(activation && { activation }) }),
    ],
  });
  await model.save(modelDirectory(directory));
  model.dispose();
  await writeFile(join(directory, LABELS), encodeLabels(['a', 'b']));
}

test('names of classes and files are text in all that evaluate, predict and inspect print', async () => {
  await writeRun('run', 'photos', [EVIL, 'c']);
  const model = ['--model', 'run', ...WASM];
  expect(await runCommand(['evaluate', ...model, '--json', `${EVIL}.json`])).toBe(0);
  expect(printed.out).toContain('Test accuracy on 2 images');
  expect(printed.out).toContain(HARMLESS);
  const { classes } = JSON.parse(await readFile(`${EVIL}.json`, 'utf8'));
  expect(classes.map(({ name }: { name: string }) => name)).toEqual([EVIL, 'c']);
  expect(await runCommand(['predict', `photos/test/${EVIL}`, ...model])).toBe(0);
  expect(printed.out).toContain(`"photos/test/${HARMLESS.slice(1, -1)}/1.jpg"`);
  expect(await runCommand(['predict', `photos/test/${EVIL}`, ...model, '--json'])).toBe(0);
  expect(await runCommand(['inspect', `photos/test/${EVIL}`, ...model, '--out', EVIL])).toBe(0);
  expect(printed.out).toContain(`${HARMLESS.slice(1, -1)}/report.html`);
  expect(await runCommand(['predict', `no${EVIL}`, ...model])).toBe(1);
  expect(await runCommand(['evaluate', '--model', `no${EVIL}`])).toBe(1);
  expect(printed.out + printed.err).not.toMatch(OBEYED);
});

test('predict and inspect go on after pictures that cannot be read, and JSON names them as they were given', async () => {
  await writeRun('run', 'photos', ['a', 'b']);
  await mkdir('new');
  await writePictures(join(folder(), 'new'), ['2.jpg', '3.jpg']);
  await writeFile('new/1.jpg', 'no picture');
  await writeFile('bad.png', '');
  const all = ['new', './bad.png', '--model', 'run', ...WASM];
  expect(await runCommand(['predict', ...all, '--json', 'out/result.json'])).toBe(1);
  const results = JSON.parse(await readFile('out/result.json', 'utf8'));
  expect(results.map(({ file }: { file: string }) => file)).toEqual([
    'new/1.jpg',
    'new/2.jpg',
    'new/3.jpg',
    './bad.png',
  ]);
  expect(results[0].error).toContain('cannot decode new/1.jpg');
  expect(results[1].predictions).toHaveLength(2);
  expect(printed.out).toMatch(/^new\/2\.jpg\n +\d+\.\d%/m); // for people, too

  printed.err = '';
  expect(await runCommand(['inspect', ...all, '--out', 'seen'])).toBe(1);
  expect(printed.err).toContain('cannot decode new/1.jpg');
  expect(printed.err).toContain('cannot decode ./bad.png');
  expect(readdirSync('seen').filter((file) => file.endsWith('.png'))).toHaveLength(18);

  expect(await runCommand(['inspect', 'bad.png', '--model', 'run', ...WASM, '--out', 'no'])).toBe(
    1,
  );
  expect(existsSync('no')).toBe(false);
});

test('without --model it is the newest run with a model, of what was asked for', async () => {
  await writeRun('runs/folder/flowers', 'flowers', ['rose', 'tulip']);
  await writeRun('runs/folder/zoo', 'zoo', ['ape', 'bear']);
  await writeRun('runs/mini-cub/z-newest', 'birds', ['tit', 'wren']);
  await mkdir('runs/cub/unfinished', { recursive: true });
  await writeFile(configFile('runs/cub/unfinished'), '{}');
  const begun = (run: string, time: number) =>
    utimesSync(configFile(join('runs', run)), time, time);
  begun('folder/zoo', 1000);
  begun('folder/flowers', 500);
  begun('mini-cub/z-newest', 2000);
  begun('cub/unfinished', 3000);

  expect(await runCommand(['predict', 'zoo', ...WASM])).toBe(0);
  expect(printed.err).toContain('runs/mini-cub/z-newest/');
  printed.err = '';
  expect(await runCommand(['predict', 'zoo', '--dataset', 'folder', ...WASM])).toBe(0);
  expect(printed.err).toContain('runs/folder/zoo/');
  expect(await runCommand(['evaluate', '--data', 'flowers', ...WASM])).toBe(0);
  expect(printed.out).toContain('runs/folder/flowers/');

  expect(await runCommand(['evaluate', '--data', 'birds', ...WASM])).toBe(1);
  expect(printed.err).toMatch(
    /knows 2 classes other than the 2 .*Name a model .* with --model\.\n$/,
  );
  expect(
    await runCommand(['evaluate', '--model', 'runs/folder/zoo', '--data', 'birds', ...WASM]),
  ).toBe(1);
  expect(printed.err).toMatch(/Name a model that learned from it with --model\.\n$/);
  expect(await runCommand(['predict', 'zoo', '--dataset', 'cars'])).toBe(1);
  expect(printed.err).toMatch(
    /no run with a model in .*runs\/mini-cars or .*Name a model with --model\.\n$/,
  );
});

describe('a model of another make', () => {
  test('with one output of logits is tested and predicts', async () => {
    await writePictures(join(folder(), 'photos'), [
      'train/a/1.jpg',
      'test/a/1.jpg',
      'train/b/1.jpg',
      'test/b/1.jpg',
    ]);
    await savePlain('plain', 2);
    const model = ['--model', 'plain', ...WASM];
    expect(await runCommand(['evaluate', ...model, '--data', 'photos'])).toBe(0);
    expect(printed.out).toMatch(/ combined +\d+\.\d%/);
    expect(await runCommand(['predict', 'photos', ...model])).toBe(0);
    expect(await runCommand(['evaluate', ...model])).toBe(1);
    expect(printed.err).toContain('lies in no run, which would say what it learned from');
  });

  test('is refused in words where it is no classifier of its classes', async () => {
    await writePictures(join(folder(), 'photos'), [
      'train/a/1.jpg',
      'test/a/1.jpg',
      'train/b/1.jpg',
      'test/b/1.jpg',
    ]);
    await savePlain('three', 3);
    for (const command of ['evaluate --data', 'predict', 'inspect --out seen']) {
      printed.err = '';
      const args = [...command.split(' '), 'photos', '--model', 'three', ...WASM];
      expect(await runCommand(args)).toBe(1);
      expect(printed.err).toContain(
        'labels.json: expected 3 class names, one for each class that the model tells apart; got 2',
      );
      expect(printed.err).not.toMatch(/\n {4}at /);
    }
    expect(await runCommand(['evaluate', '--model', 'three', '--arch', 'mini'])).toBe(1);
    expect(printed.err).toContain('--arch is for --init-from');
  });
});
