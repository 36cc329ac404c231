import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PREPROCESSING_FILE, UserError } from '@fbsd/trainer';
import { loadClassifier as loadFromAddress } from '@fbsd/trainer/web';
import sharp from 'sharp';
import { lines, tinyPath, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { predict } from '../../src/commands/predict.ts';
import { train } from '../../src/commands/train.ts';
import { loadClassifier } from '../../src/run/load-classifier.ts';
import { catchPrinted } from '../support/printed.ts';

const WASM = ['--backend', 'wasm'] as const;
const printed = catchPrinted();
let folder: string;
let run: string;
let best: string;
let pictures: string[];
let server: Server;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-classifier-'));
  const data = join(folder, 'CUB_200_2011');
  run = join(folder, 'run');
  best = join(run, 'checkpoints/best');
  const split = [1, 2, 3, 4, 5, 6].map((id) => `${id} ${Number(id < 4)}`);
  await writeTinyCub(data, { 'train_test_split.txt': lines(split) });
  const small = ['--arch', 'mini', '--image-size', '65', '--batch-size', '3', '--epochs', '1'];
  await train(['--data', data, ...small, ...WASM, '--out', run]);
  pictures = [1, 2, 5].map((id) => join(data, 'images', tinyPath(id)));
  server = createServer(async ({ url = '' }, response) => {
    const file = await readFile(join(folder, url)).catch(() => undefined);
    response.writeHead(file ? 200 : 404).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Jest's modules have an Array of their own, which tfjs asks for; what fetch parses has another.
  const { fetch } = globalThis;
  globalThis.fetch = async (...args) => {
    const response = await fetch(...args);
    response.json = async () => JSON.parse(await response.text());
    return response;
  };
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** What `fbsd predict --json` says of the pictures. */
async function predicted(model: string) {
  await predict([...pictures, '--model', model, '--json', ...WASM]);
  const results = JSON.parse(printed.out) as {
    predictions: { class: string; probability: number }[];
  }[];
  return results.map(({ predictions }) => predictions);
}
const copyOfBest = async (name: string) => {
  const copy = join(folder, name);
  await cp(best, copy, { recursive: true });
  return copy;
};

test('every checkpoint says how pictures are prepared for its model', async () => {
  for (const name of ['best', 'last']) {
    const file = join(run, 'checkpoints', name, PREPROCESSING_FILE);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      version: 1,
      resize: { width: 80, height: 80 },
      crop: { left: 8, top: 8, width: 65, height: 65 },
      labels: 'labels.json',
    });
  }
});

test('the classifier of a run answers as fbsd predict does', async () => {
  const expected = await predicted(run);
  const classifier = await loadClassifier(run);
  const got = await classifier.classifyAll(pictures);
  classifier.dispose();
  expect(
    got.map((all) => all.map(({ className, probability }) => ({ class: className, probability }))),
  ).toEqual(expected);
});

test('takes the bytes of a file, and leaves no file behind', async () => {
  const classifier = await loadClassifier(best);
  const [picture] = pictures as [string];
  const left = async () =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('fbsd-picture-'));
  const before = await left();
  expect(await classifier.classify(await readFile(picture))).toEqual(
    await classifier.classify(picture),
  );
  await expect(classifier.classify(Buffer.from('none'))).rejects.toThrow(
    'cannot decode the picture (',
  );
  expect(await left()).toEqual(before);
  classifier.dispose();
});

test('the one that is loaded from an address, as in a page, answers so, too', async () => {
  const expected = await predicted(run);
  for (const from of ['run/checkpoints/best', 'run/checkpoints/best/model.json?v=2']) {
    const classifier = await loadFromAddress(`${address}/${from}`);
    const decoded = await Promise.all(
      pictures.map(async (picture) => {
        const image = sharp(picture).ensureAlpha().raw(); // as ImageData
        const { data, info } = await image.toBuffer({ resolveWithObject: true });
        return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
      }),
    );
    const got = await classifier.classifyAll(decoded);
    classifier.dispose();
    got.forEach((all, i) => {
      expect(all.map(({ className }) => className)).toEqual(expected[i]?.map((one) => one.class));
      expect(all[0]?.probability).toBeCloseTo(expected[i]?.[0]?.probability as number, 5);
    });
  }
});

test('heeds the file in the folder, and needs none for a model that was saved without', async () => {
  const copy = await copyOfBest('changed');
  const file = join(copy, PREPROCESSING_FILE);
  const answer = async () => {
    const classifier = await loadClassifier(copy);
    const answered = await classifier.classify(pictures[0] as string);
    classifier.dispose();
    return answered;
  };
  const expected = await answer();
  const written = await readFile(file, 'utf8');
  const preprocessing = JSON.parse(written);
  await writeFile(file, JSON.stringify({ ...preprocessing, mean: [0.4, 0.5, 0.6] }));
  expect(await answer()).not.toEqual(expected);
  await rm(file);
  expect(await answer()).toEqual(expected);
});

describe('says what is wrong', () => {
  test.each([
    ['{', /preprocessing\.json is damaged: .*JSON/],
    ['{"version": 3}', /preprocessing\.json is of version 3/],
  ])('with the file %j', async (text, message) => {
    const copy = await copyOfBest('damaged');
    await writeFile(join(copy, PREPROCESSING_FILE), text);
    const refused = loadClassifier(copy);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(UserError);
  });

  test('with an address that serves nothing, or only a part of the folder', async () => {
    await expect(loadFromAddress(`${address}/nowhere`)).rejects.toThrow(
      `cannot read ${address}/nowhere/preprocessing.json (status 404). Serve the whole folder`,
    );
    const copy = await copyOfBest('part');
    await rm(join(copy, 'model.json'));
    await expect(loadFromAddress(`${address}/part/`)).rejects.toThrow(
      `cannot load ${address}/part/model.json`,
    );
    await writeFile(join(copy, 'labels.json'), '<html>');
    await expect(loadFromAddress(`${address}/part/`)).rejects.toThrow('part/labels.json (');
  });

  test('with a picture that is none', async () => {
    const classifier = await loadClassifier(best);
    await expect(classifier.classify(join(best, 'labels.json'))).rejects.toThrow('cannot decode');
    await expect(classifier.classify('nowhere.jpg')).rejects.toThrow('nowhere.jpg');
    classifier.dispose();
  });
});
