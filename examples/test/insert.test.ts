import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTrainedModel, saveTrainedModel, selectBackend } from '@fbsd/cli';
import { UserError } from '@fbsd/trainer';
import { savedModel } from '../insert/base-model.ts';
import { readFlags } from '../insert/flags.ts';
import { mobileNetV2 } from '../insert/mobilenet-v2.ts';
import { variantsOf } from '../insert/variants.ts';

let folder: string;

beforeAll(async () => {
  await selectBackend('wasm');
  folder = await mkdtemp(join(tmpdir(), 'fbsd-insert-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readFlags', () => {
  test('reads taps, numbers and paths', () => {
    expect(readFlags(['--taps', 'a:4,b/c:2', '--epochs=3', '--data', 'photos'])).toMatchObject({
      taps: [
        { after: 'a', parts: 4 },
        { after: 'b/c', parts: 2 },
      ],
      epochs: 3,
      batchSize: 16,
      limit: null,
      out: null,
      data: join(process.cwd(), 'photos'),
    });
  });

  test.each([
    ['--taps out_relu', '--taps must be layers with strips'],
    ['--epochs -1', "--epochs must be a whole number from 1; got '-1'"],
    ['--learning-rate 0', '--learning-rate must be a number above 0'],
    ['--backend cuda', '--backend must be one of auto'],
    ['--epoch 3', 'Did you mean --epochs?'],
  ])('refuses %s', (text, message) => {
    expect(() => readFlags(text.split(' '))).toThrow(message);
  });
});

test.each([
  ['nope.json', undefined, /nope\.json is missing/],
  ['text.json', 'hello', /text\.json is damaged: expected JSON; .*Give the model\.json/],
  ['empty.json', '{}', /expected modelTopology/],
  ['list.json', '{"modelTopology":[]}', /cannot be read/],
])('%s as a model is refused in words', async (name, content, message) => {
  const file = join(folder, name);
  if (content !== undefined) await writeFile(file, content);
  await expect(savedModel(file)).rejects.toThrow(UserError);
  await expect(savedModel(file)).rejects.toThrow(message);
});

test('what was fine-tuned is saved, for fbsd predict and evaluate', async () => {
  const base = mobileNetV2({ imageSize: 64, width: 0.1, blocks: 1, lastChannels: 16, seed: 3 });
  const taps = [
    { after: 'block_1_expand_relu', parts: 4 },
    { after: 'out_relu', parts: 2 },
  ];
  const classNames = ['rose', 'tulip'];
  for (const { name, model } of variantsOf(base, { taps, classes: 2, seed: 1 })) {
    await saveTrainedModel(join(folder, name), model, classNames);
    const loaded = await loadTrainedModel(join(folder, name));
    expect(loaded).toMatchObject({ classNames, imageSize: 64 });
    const weights = (net: typeof model) => net.getWeights().map((weight) => weight.dataSync());
    expect(weights(loaded.model)).toEqual(weights(model));
  }
});
