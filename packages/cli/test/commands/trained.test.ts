import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveStateDict } from '@fbsd/backbones';
import { UserError } from '@fbsd/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import sharp from 'sharp';
import { lines, tinyPath, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { EVALUATE_HELP, evaluate } from '../../src/commands/evaluate.ts';
import { INSPECT_HELP, inspect } from '../../src/commands/inspect.ts';
import { PREDICT_HELP, predict } from '../../src/commands/predict.ts';
import { train } from '../../src/commands/train.ts';
import { loadClassifier } from '../../src/run/load-classifier.ts';
import { modelDirectory } from '../../src/run/model-directory.ts';
import { loadTrainedModel } from '../../src/run/trained-model.ts';
import { catchPrinted } from '../support/printed.ts';

const WASM = ['--backend', 'wasm'] as const;
const printed = catchPrinted();
let folder: string;
let data: string;
let run: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-trained-'));
  data = join(folder, 'CUB_200_2011');
  run = join(folder, 'run');
  const split = [1, 2, 3, 4, 5, 6].map((id) => `${id} ${Number(id < 4)}`);
  await writeTinyCub(data, { 'train_test_split.txt': lines(split) });
  const small = ['--arch', 'mini', '--image-size', '65', '--batch-size', '3', '--epochs', '1'];
  await train(['--data', data, ...small, ...WASM, '--out', run]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const picture = (id: number) => join(data, 'images', tinyPath(id));

/** Writes a picture that is not its own mirror image. */
async function writeNoise(file: string): Promise<void> {
  const [width, height] = [40, 30];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 31) % 251);
  await sharp(data, { raw: { width, height, channels: 3 } }).toFile(file);
}

describe('fbsd evaluate', () => {
  const lastEpoch = async () => {
    const metrics = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    return JSON.parse(metrics.at(-1) as string).test;
  };

  test('gives the accuracies that training ended with, and names the hardest classes', async () => {
    expect(await evaluate(['--model', run, ...WASM])).toBe(0);
    const { accuracy } = await lastEpoch();
    // Top-5 of three classes would be 100%, whatever the model.
    const combined = `${(100 * accuracy).toFixed(1)}%`;
    expect(printed.out).toMatch(new RegExp(`\\n  combined +${combined}\\n`));
    expect(printed.out).not.toContain('top-5');
    expect(printed.out).toContain('Test accuracy on 3 images of CUB_200_2011');
    if (accuracy < 1) expect(printed.out).toMatch(/Recognised least\n +00.*mostly taken for 00/);
  });

  test('--json: heads, classes and confusion, nothing else on standard output', async () => {
    expect(await evaluate(['--model', join(run, 'checkpoints/best'), ...WASM, '--json'])).toBe(0);
    const result = JSON.parse(printed.out);
    const expected = await lastEpoch();
    expect(result).toMatchObject({ images: 3, accuracy: expected.accuracy, top5: null });
    expect(result.heads.map(({ name }: { name: string }) => name)).toEqual([
      'level 1',
      'level 2',
      'level 3',
      'concat',
    ]);
    expect(result.heads[0].crossEntropy).toBeCloseTo(expected.losses[0], 5);
    expect(result.classes[1]).toMatchObject({ name: '002.Robin', images: 1 });
    expect(result.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(3);
    expect(printed.err).toContain('backend  wasm');
  });

  test('--tta flip tests each picture with its mirror image, and says so', async () => {
    const uneven = join(folder, 'uneven', 'CUB_200_2011'); // the usual ones are of one colour
    await cp(data, uneven, { recursive: true });
    for (const id of [4, 5, 6]) await writeNoise(join(uneven, 'images', tinyPath(id)));
    const flags = ['--model', run, '--data', uneven, ...WASM];
    const resultOf = async (...more: string[]) => {
      printed.out = '';
      expect(await evaluate([...flags, '--json', ...more])).toBe(0);
      return JSON.parse(printed.out);
    };
    const [plain, flipped] = [await resultOf(), await resultOf('--tta', 'flip')];
    expect([plain.tta, flipped.tta]).toEqual([undefined, 'flip']);
    expect(flipped.heads[0].crossEntropy).not.toBe(plain.heads[0].crossEntropy);
    printed.out = '';
    expect(await evaluate([...flags, '--tta', 'flip'])).toBe(0);
    expect(printed.out).toContain('images of CUB_200_2011, each with its mirror image\n');
    await expect(evaluate([...flags, '--tta', 'crop'])).rejects.toThrow(
      "--tta takes one of none, flip; got 'crop'",
    );
  });

  test('--init-from tests a PyTorch file with the same result', async () => {
    const { model } = await loadTrainedModel(run);
    const file = join(folder, 'fbsd.safetensors');
    await writeFile(file, await saveStateDict(model, { names: 'fbsd' }));
    model.dispose();
    const flags = ['--arch', 'mini', '--image-size', '65', '--data', data, ...WASM, '--json'];
    expect(await evaluate(['--init-from', file, ...flags])).toBe(0);
    const result = JSON.parse(printed.out);
    const expected = await lastEpoch();
    expect(result.accuracy).toBe(expected.accuracy);
    expect(result.heads[3].crossEntropy).toBeCloseTo(expected.losses[3], 4);
  });

  test('refuses both kinds of model, other classes, and a folder without a model', async () => {
    await expect(evaluate(['--model', run, '--init-from', 'x.pth'])).rejects.toThrow('give one');
    const other = join(folder, 'other');
    await writeTinyCub(other, { 'classes.txt': lines(['1 Tit', '2 Robin', '3 Wren']) });
    await expect(evaluate(['--model', run, '--data', other, ...WASM])).rejects.toThrow(
      'knows 3 classes other than the 3 of',
    );
    await expect(evaluate(['--model', folder, '--data', data, ...WASM])).rejects.toThrow(
      'holds no model: expected a run with a checkpoint',
    );
  });

  test('--help says what it does', async () => {
    expect(await evaluate(['--help'])).toBe(0);
    expect(printed.out).toBe(EVALUATE_HELP);
  });
});

describe('fbsd predict', () => {
  test('names the likeliest classes of each picture', async () => {
    expect(await predict([picture(1), picture(2), '--model', run, '--top', '2', ...WASM])).toBe(0);
    const shown = printed.out.split('\n');
    expect(shown[0]).toContain('Bird_0001.jpg');
    expect(shown.filter((line) => /^ +\d+\.\d% {2}00\d\./.test(line))).toHaveLength(4);
  });

  test('of a folder as JSON; probabilities over all classes add up to one', async () => {
    const copy = join(folder, 'bare-model'); // a model needs nothing of its run
    await cp(join(run, 'checkpoints/best'), copy, { recursive: true });
    expect(await predict([join(data, 'images'), '--model', copy, '--json', ...WASM])).toBe(0);
    const results = JSON.parse(printed.out) as {
      file: string;
      predictions: { class: string; probability: number }[];
    }[];
    expect(results).toHaveLength(6);
    expect(results[0]?.file).toContain('001.Great Tit');
    for (const { predictions } of results) {
      expect(predictions).toHaveLength(3);
      const probabilities = predictions.map(({ probability }) => probability);
      expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
    }
  });

  test('--tta flip says what a classifier does with flip', async () => {
    const uneven = join(folder, 'uneven.png');
    await writeNoise(uneven);
    const classifier = await loadClassifier(run);
    const [plain, flipped] = [
      await classifier.classify(uneven),
      await classifier.classify(uneven, { flip: true }),
    ];
    classifier.dispose();
    expect(flipped).not.toEqual(plain);
    expect(await predict([uneven, '--model', run, '--json', '--tta', 'flip', ...WASM])).toBe(0);
    const [{ predictions }] = JSON.parse(printed.out);
    expect(predictions).toEqual(
      flipped.map(({ className, probability }) => ({
        class: className,
        probability: expect.closeTo(probability, 5),
      })),
    );
  });

  test('goes on after a damaged picture, names it and says so by its exit code', async () => {
    const damaged = join(folder, 'damaged.jpg');
    await writeFile(damaged, 'not a picture');
    expect(await predict([damaged, picture(3), '--model', run, ...WASM])).toBe(1);
    expect(printed.err).toContain(`cannot decode ${damaged}`);
    expect(printed.out).toContain('Bird_0003.jpg');
  });

  test('refuses no picture, a missing one, an empty folder, a wrong --top', async () => {
    await expect(predict(['--model', run])).rejects.toThrow('name pictures or folders');
    await expect(predict(['nowhere.jpg', '--model', run])).rejects.toThrow('there is no file');
    const empty = join(folder, 'empty');
    await mkdir(empty, { recursive: true });
    await expect(predict([empty, '--model', run])).rejects.toThrow('holds no picture');
    await expect(predict([picture(1), '--top', '0'])).rejects.toThrow('--top takes');
    expect(await predict(['--help'])).toBe(0);
    expect(printed.out).toBe(PREDICT_HELP);
  });
});

describe('fbsd inspect', () => {
  test('writes a page, and three pictures of every level', async () => {
    const out = join(folder, 'inspection');
    expect(await inspect([picture(1), '--model', run, '--out', out, ...WASM])).toBe(0);
    const files = (await readdir(out)).sort();
    expect(files).toHaveLength(10);
    expect(files).toContain('1-Bird_0001-level2-suppressed.png');
    const report = await readFile(join(out, 'report.html'), 'utf8');
    expect(report).toContain('Bird_0001.jpg');
    expect(report).not.toMatch(/visible parts|annotations/);
    const { width, height } = await sharp(join(out, '1-Bird_0001-level1-boosted.png')).metadata();
    expect([width, height]).toEqual([624, 480]); // with the scale beside it
    const grey = await sharp(join(out, '1-Bird_0001-level3-suppressed.png')).stats();
    expect(grey.channels.map(({ max, min }) => max - min).some((range) => range > 50)).toBe(true);
  });

  test('tells the person that a model has no FBSM to look into', async () => {
    const plain = join(folder, 'plain');
    const classifier = sequential({
      layers: [
        layers.globalAveragePooling2d({ inputShape: [65, 65, 3] }),
        layers.dense({ units: 3 }),
      ],
    });
    await classifier.save(modelDirectory(plain));
    await writeFile(join(plain, 'labels.json'), '["a", "b", "c"]');
    const out = join(folder, 'nothing');
    const refused = inspect([picture(1), '--model', plain, '--out', out, ...WASM]);
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toThrow('expected a model with FBSM layers');
    expect(existsSync(out)).toBe(false);
  });

  test('refuses a folder that holds something, and to run without pictures or --out', async () => {
    const out = join(folder, 'full');
    await mkdir(out);
    await writeFile(join(out, 'notes.txt'), 'mine');
    const refused = inspect([picture(1), '--model', run, '--out', out, ...WASM]);
    await expect(refused).rejects.toThrow('is not empty. Choose another one with --out.');
    await expect(inspect([picture(1), '--model', run])).rejects.toThrow('name pictures and');
    await expect(inspect(['--out', out])).rejects.toThrow('name pictures and');
    expect(existsSync(join(out, 'report.html'))).toBe(false);
    expect(await inspect(['--help'])).toBe(0);
    expect(printed.out).toBe(INSPECT_HELP);
  });
});
