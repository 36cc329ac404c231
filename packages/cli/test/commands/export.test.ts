import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskPictures } from '@fbsd/datasets';
import { readStateDict } from '@fbsd/torch-weights/node';
import { classifierOf, view } from '@fbsd/trainer';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { lines, tinyPath, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { evaluate } from '../../src/commands/evaluate.ts';
import { EXPORT_HELP, exportModel } from '../../src/commands/export.ts';
import { loadClassifier } from '../../src/run/load-classifier.ts';
import { modelDirectory } from '../../src/run/model-directory.ts';
import { catchPrinted } from '../support/printed.ts';
import { tinyRun } from '../support/tiny-run.ts';

const WASM = ['--backend', 'wasm'] as const;
const printed = catchPrinted();
let folder: string;
let run: string;
let copy: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-export-'));
  run = join(folder, 'run');
  await tinyRun(folder, '--epochs', '1', '--seed', '3');
  copy = join(folder, 'copy'); // of a model alone
  await cp(join(run, 'checkpoints/best'), copy, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const picture = () => join(folder, 'CUB_200_2011', 'images', tinyPath(2));
const recordOf = async (out: string) =>
  JSON.parse(await readFile(join(out, 'export.json'), 'utf8'));
const bytesOf = async (path: string) => (await stat(path)).size;

describe('fbsd export --format tfjs', () => {
  test('--quantize uint8: a quarter of the bytes, tested before and after', async () => {
    expect(await exportModel(['--model', run, '--quantize', 'uint8', ...WASM])).toBe(0);
    const out = join(run, 'exports', 'tfjs-uint8');
    expect((await readdir(out)).sort()).toEqual([
      'SHA256SUMS',
      'export.json',
      'labels.json',
      'model.json',
      'preprocessing.json',
      'weights.bin',
    ]);
    const weights = await bytesOf(join(out, 'weights.bin'));
    expect(weights).toBeLessThan(0.26 * (await bytesOf(join(copy, 'weights.bin'))));
    const record = await recordOf(out);
    expect(record).toMatchObject({ format: 'tfjs', weights: 'uint8' });
    expect(record.bytes).toBe(weights + (await bytesOf(join(out, 'model.json'))));
    expect(record.test).toMatchObject({ dataset: 'CUB_200_2011', images: 1 });
    const { before, after } = record.test;
    const { accuracy, heads } = await tested(run);
    expect(before.accuracy).toBe(accuracy);
    expect(before.heads).toHaveLength(heads.length);
    expect(after).toMatchObject({
      heads: before.heads.map(({ name }: { name: string }) => ({ name })),
    });
    expect(after.accuracy).toBe((await tested(out)).accuracy);
    expect(printed.out).toMatch(/ {2}combined +\d+\.\d% +\d+\.\d%\n/);
    expect(printed.out).toContain(`export   ${out} (`);
  });

  /** What `fbsd evaluate` says; a model in the folder of a run has the data set of that. */
  async function tested(model: string) {
    const file = join(folder, 'tested.json');
    await evaluate(['--model', model, ...WASM, '--json', file]);
    return JSON.parse(await readFile(file, 'utf8'));
  }

  test.each([
    ['float32', 4],
    ['float16', 2],
  ])(
    '%s: loadClassifier, and tfjs alone, give nearly the same probabilities',
    async (type, digits) => {
      const out = join(folder, `small-${type}`);
      expect(await exportModel(['--model', copy, '--quantize', type, '--out', out, ...WASM])).toBe(
        0,
      );
      const untested = 'not tested, since the model lies in no run. Name its data set with --data';
      if (type === 'float32') expect(printed.out).not.toContain(untested);
      else expect(printed.out).toContain(untested);
      expect((await recordOf(out)).test).toBeNull();

      const [trained, exported] = [await loadClassifier(copy), await loadClassifier(out)];
      const loaded = await loadLayersModel(modelDirectory(out));
      const alone = classifierOf<never>(loaded, async (never) => never);
      const image = {
        data: new Uint8Array(70 * 70 * 3).map((_, i) => i % 251),
        width: 70,
        height: 70,
      };
      const expected = await trained.classify(picture());
      for (const [i, { label, probability }] of (await exported.classify(picture())).entries()) {
        expect(label).toBe(expected[i]?.label);
        expect(probability).toBeCloseTo(expected[i]?.probability as number, digits);
      }
      expect(alone.classNames).toEqual(trained.classNames);
      expect(await alone.classify(image)).toEqual(await exported.classify(image));
    },
  );

  test('--data names the test images of a model that lies in no run, --limit takes fewer', async () => {
    const data = join(folder, 'more');
    const split = [1, 2, 3, 4, 5, 6].map((id) => `${id} ${Number(id < 4)}`);
    await writeTinyCub(data, { 'train_test_split.txt': lines(split) });
    const out = join(folder, 'tested');
    const flags = ['--data', data, '--limit', '2', '--out', out, ...WASM];
    expect(await exportModel(['--model', copy, '--quantize', 'uint16', ...flags])).toBe(0);
    expect((await recordOf(out)).test).toMatchObject({ images: 2, dataset: 'more' });
  });
});

describe('fbsd export --format onnx', () => {
  /** What is told of the file beside it, and within it. */
  async function toldOf(out: string) {
    const told = JSON.parse(await readFile(join(out, 'preprocessing.json'), 'utf8'));
    const model = await readFile(join(out, 'model.onnx'));
    expect(model.includes(JSON.stringify(told))).toBe(true);
    return told;
  }
  test('ONNX Runtime gives the same probabilities of a picture as bytes', async () => {
    const out = join(folder, 'onnx');
    const flags = ['--format', 'onnx', '--with-preprocessing', '--strips', '--out', out];
    expect(await exportModel(['--model', run, ...flags, ...WASM])).toBe(0);
    expect(await recordOf(out)).toMatchObject({
      ...{ format: 'onnx', layout: 'nhwc', withPreprocessing: true, strips: true, test: null },
    });
    const trained = await loadClassifier(run);
    const [{ width }, { classNames }] = [trained.preprocessing.crop, trained];
    const session = await InferenceSession.create(await readFile(join(out, 'model.onnx')));
    const seen = await view(diskPictures, { path: picture() }, { imageSize: width });
    const [input = ''] = session.inputNames;
    const results = await session.run({
      [input]: new Tensor('uint8', new Uint8Array(seen.rgb), [1, width, width, 3]),
    });
    const { data } = results['probabilities'] as Tensor;
    for (const { label, probability } of await trained.classify(picture(), { top: 3 })) {
      expect((data as Float32Array)[label]).toBeCloseTo(probability, 5);
    }
    expect(session.outputNames.filter((name) => name.endsWith('/strips'))).toHaveLength(3);
    expect(classNames).toEqual(JSON.parse(await readFile(join(out, 'labels.json'), 'utf8')));
    await session.release();
    const { description, mean, ...told } = await toldOf(out);
    expect(told).toMatchObject({ type: 'uint8', layout: 'NHWC' });
    expect(told.outputs).toMatchObject({ combine: 'sum', probabilities: 'probabilities' });
    expect(mean).toBeUndefined(); // nobody scales twice
    expect(description).toContain(
      'Give the model their bytes as uint8 [batch,65,65,3]. Its output',
    );
  });
  test('--layout nchw takes pictures as PyTorch has them', async () => {
    const out = join(folder, 'onnx-nchw');
    const flags = ['--format', 'onnx', '--layout', 'nchw', '--out', out, ...WASM];
    expect(await exportModel(['--model', copy, ...flags])).toBe(0);
    const session = await InferenceSession.create(await readFile(join(out, 'model.onnx')));
    const [input] = session.inputMetadata;
    expect(input).toMatchObject({ type: 'float32', shape: ['N', 3, 65, 65] });
    await session.release();
    const { description, ...told } = await toldOf(out);
    expect(told).toMatchObject({ type: 'float32', layout: 'NCHW', std: [0.5, 0.5, 0.5] });
    expect(description).toContain('(byte/255 − 0.5)/0.5 as float32 [batch,3,65,65]');
  });

  test('keeps the settings of the run in the file, but no path of this machine', async () => {
    const out = join(folder, 'onnx-settings');
    expect(await exportModel(['--model', run, '--format', 'onnx', '--out', out, ...WASM])).toBe(0);
    const model = await readFile(join(out, 'model.onnx'), 'latin1');
    const [, settings = ''] = /settings[^{]{1,4}(\{[^}]*\})/.exec(model) ?? [];
    expect(JSON.parse(settings)).toMatchObject({
      arch: 'mini',
      imageSize: 65,
      alpha: 0.5,
      seed: 3,
    });
    expect(model).not.toContain(folder);
    const alone = await readFile(join(folder, 'onnx-nchw', 'model.onnx'), 'latin1'); // of a model in no run
    expect(alone).not.toContain('totalEpochs');
  });
});

describe('fbsd export --format safetensors', () => {
  test.each([
    ['torchvision', 'layer1.0.conv1.weight'],
    ['fbsd', 'features.layer0_2.4.0.conv1.weight'],
  ])('by the names of %s; --init-from reads it', async (names, expected) => {
    const out = join(folder, `torch-${names}`);
    const flags = ['--format', 'safetensors', '--names', names, '--out', out];
    expect(await exportModel(['--model', run, ...flags, ...WASM])).toBe(0);
    expect((await readdir(out)).sort()).toEqual([
      'SHA256SUMS',
      'export.json',
      'labels.json',
      'model.safetensors',
      'preprocessing.json',
    ]);
    expect(await recordOf(out)).toMatchObject({ format: 'safetensors', names, test: null });
    const told = JSON.parse(await readFile(join(out, 'preprocessing.json'), 'utf8'));
    expect(told).toMatchObject({ layout: 'NCHW', mean: [0.5, 0.5, 0.5] });
    expect(told.description).toContain('float32 [batch,3,65,65]. Add its outputs');
    const file = join(out, 'model.safetensors');
    const dict = await readStateDict(file);
    expect([...dict.keys()]).toContain(expected);
    expect([...dict.keys()]).toContain('features.strip1.stripconv.0.weight');
    const arch = ['--arch', 'mini', '--image-size', '65', '--data', join(folder, 'CUB_200_2011')];
    expect(await evaluate(['--init-from', file, ...arch, ...WASM])).toBe(0);
    expect(printed.out).toContain('entries fit');
  });
});

describe('fbsd export', () => {
  test('refuses what there is not, before anything is computed', async () => {
    const refused = (...flags: string[]) =>
      expect(exportModel(['--model', run, ...flags, ...WASM])).rejects;
    await refused('--format', 'tfj').toThrow(
      "--format takes one of tfjs, onnx, safetensors; got 'tfj'. Did you mean tfjs?",
    );
    await refused('--quantize', 'int8').toThrow(
      "--quantize takes one of float32, uint16, float16, uint8; got 'int8'",
    );
    await refused('--format', 'safetensors', '--quantize', 'uint8').toThrow(
      '--quantize is for --format tfjs; this is safetensors. Leave it out.',
    );
    await refused('--names', 'fbsd').toThrow('--names is for --format safetensors; this is tfjs');
    await refused('--out', run).toThrow('is not empty. Choose another one with --out.');
    await expect(exportModel(['--model', copy])).rejects.toThrow(
      `the model in ${copy} lies in no run, whose folder would be written to. Name one with --out.`,
    );
    await expect(exportModel(['--model', folder, '--out', join(folder, 'x')])).rejects.toThrow(
      'holds no model',
    );
    expect(printed.out).not.toContain('backend');
  });

  test('refuses other classes, and a model whose weights a type cannot hold', async () => {
    const other = join(folder, 'other');
    await writeTinyCub(other, { 'classes.txt': lines(['1 Tit', '2 Robin', '3 Wren']) });
    const out = ['--out', join(folder, 'nothing')];
    await expect(
      exportModel(['--model', run, '--data', other, '--quantize', 'uint8', ...out, ...WASM]),
    ).rejects.toThrow('knows 3 classes other than the 3 of');

    const large = join(folder, 'large');
    await cp(copy, large, { recursive: true });
    await rm(join(large, 'SHA256SUMS'));
    const manifest = JSON.parse(await readFile(join(large, 'model.json'), 'utf8'));
    const weights = await readFile(join(large, 'weights.bin'));
    let offset = 0; // of the one that is to be too large
    for (const { name, shape } of manifest.weightsManifest[0].weights) {
      if (name === 'classifier_concat.4/kernel') break;
      offset += 4 * shape.reduce((product: number, side: number) => product * side, 1);
    }
    weights.writeFloatLE(1e6, offset);
    await writeFile(join(large, 'weights.bin'), weights);
    const refused = exportModel(['--model', large, '--quantize', 'float16', ...out, ...WASM]);
    await expect(refused).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/classifier_concat\.4\/kernel holds values up to 1000000/),
    });
    await expect(readdir(join(folder, 'nothing'))).rejects.toThrow('ENOENT');
  });

  test('--help says what it does', async () => {
    expect(await exportModel(['--help'])).toBe(0);
    expect(printed.out).toBe(EXPORT_HELP);
  });
});
