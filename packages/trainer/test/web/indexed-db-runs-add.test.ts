import 'fake-indexeddb/auto';
import { accelerate } from '@fbsd/kernels';
import { SGD, type TrainArgs, train, UserError } from '@fbsd/trainer';
import type { RunFile } from '@fbsd/trainer/run-files';
import { IndexedDbRuns } from '@fbsd/trainer/web';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { levelsModel } from '../support/levels-model.ts';
import { memoryDataset, memoryPictures as pictures } from '../support/memory-pictures.ts';

const rates = { newLearningRate: 0.02, pretrainedLearningRate: 0.01 };
const dataset = memoryDataset(2, { train: 6, test: 2 });
const options = { imageSize: 32, batchSize: 2, totalEpochs: 2, warmupSteps: 2, logEverySteps: 1 };
const config = {
  settings: { dataset: 'folder', ...options },
  classNames: dataset.classNames,
  environment: { backend: 'wasm' },
};
let runs: IndexedDbRuns;
let elsewhere: IndexedDbRuns;
/** Of a run that was stopped in its second epoch. */
let files: RunFile[];
/** Of one that was not. */
let expected: { weights: ArrayLike<number>[]; lines: unknown[] };

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  accelerate();
  elsewhere = await IndexedDbRuns.connect('elsewhere');
  const wholeStore = await elsewhere.begin('whole', config);
  const whole = levelsModel(2);
  await trained(whole, { store: wholeStore });
  expected = { weights: weightsOf(whole), lines: (await wholeStore.metrics()).map(withoutTime) };
  const store = await elsewhere.begin('stopped', config);
  const stop = new AbortController();
  const listener = { onStep: ({ step }: { step: number }) => step === 5 && stop.abort() };
  await trained(levelsModel(2), { store, signal: stop.signal, listener } as Partial<TrainArgs>);
  files = await elsewhere.files('stopped');
});
beforeEach(async () => {
  runs = await IndexedDbRuns.connect(`added-${Math.random()}`);
});
afterEach(() => runs.close());
afterAll(() => elsewhere.close());

async function trained(model: TrainArgs['model'], more: Partial<TrainArgs>): Promise<void> {
  const optimizer = (more.optimizer ?? new SGD(model, rates)) as SGD;
  await train({ ...options, model, optimizer, dataset, pictures, ...more });
  optimizer.dispose();
}

const weightsOf = (model: TrainArgs['model']) =>
  model.getWeights().map((weight) => weight.dataSync());
const withoutTime = (line: object) => ({ ...line, imagesPerSecond: 0, seconds: 0 });
const without = (pattern: RegExp) => files.filter(({ path }) => !pattern.test(path));

describe('a run from elsewhere', () => {
  test.each(['', 'runs/moths/'])(
    'goes on to the same weights and metrics; its folder is %p',
    async (folder) => {
      const given = files.map(({ path, bytes }) => ({
        path: `${folder}${path}`,
        blob: new Blob([bytes as BlobPart]),
      }));
      const kept = await runs.add('moths', given);
      expect(kept).toMatchObject({ name: 'moths', config, progress: { last: { step: 5 } } });
      expect(await runs.list()).toEqual([kept]);
      const store = await runs.store('moths');
      const { model, velocities, progress } = (await store.load('last')) as NonNullable<
        Awaited<ReturnType<typeof store.load>>
      >;
      const optimizer = new SGD(model, rates);
      optimizer.setVelocities(velocities);
      await trained(model, { optimizer, store, progress });
      expect(weightsOf(model)).toEqual(expected.weights);
      expect((await store.metrics()).map(withoutTime)).toEqual(expected.lines);
      const best = await store.load('best');
      expect(best?.progress.epoch).toBeGreaterThan(1);
    },
  );

  test('has the same files here', async () => {
    await runs.add('moths', files);
    expect(await runs.files('moths')).toEqual(files);
  });

  test('leaves one of the same name as it is', async () => {
    await runs.begin('moths', { ...config, environment: { backend: 'own' } });
    await expect(runs.add('moths', files)).rejects.toThrow(
      "there is a run 'moths' in this browser already. Choose another name.",
    );
    const store = await runs.store('moths');
    expect(await store.metrics()).toEqual([]);
    expect(await store.load('last')).toBeNull();
    expect((await runs.find('moths')).config.environment).toEqual({ backend: 'own' });
  });

  test.each(['weights.bin', 'velocities.bin', 'labels.json'])(
    'is refused where %s is not as it was written, and nothing of it is kept',
    async (name) => {
      const damaged = files.map(({ path, bytes }) => {
        if (path !== `checkpoints/last/${name}`) return { path, bytes };
        return { path, bytes: bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte)) };
      });
      const adding = runs.add('moths', damaged);
      await expect(adding).rejects.toBeInstanceOf(UserError);
      await expect(adding).rejects.toThrow(`checkpoints/last/${name} is not as it was written`);
      expect(await runs.list()).toEqual([]);
    },
  );

  test('is refused where something is missing, by its name', async () => {
    await expect(runs.add('moths', without(/config/))).rejects.toThrow(
      /there is no run among the \d+ files: expected a config\.json/,
    );
    await expect(runs.add('moths', without(/last\/state/))).rejects.toThrow(
      'the folder holds no checkpoint to go on from: expected checkpoints/last/state.json.',
    );
    await expect(runs.add('moths', without(/last\/velocities/))).rejects.toThrow(
      'checkpoints/last/velocities.bin is missing',
    );
    expect(await runs.list()).toEqual([]);
  });

  test('needs neither metrics nor a best checkpoint', async () => {
    await runs.add('moths', without(/metrics|best/));
    const store = await runs.store('moths');
    expect(await store.metrics()).toEqual([]);
    expect(await store.load('best')).toBeNull();
    expect((await runs.find('moths')).bytes).toMatchObject({ best: 0 });
  });

  test('is refused where its checkpoints have learned other classes', async () => {
    const other = await elsewhere.begin('other', { ...config, classNames: ['heron', 'robin'] });
    const [last] = [await (await elsewhere.store('whole')).load('last')];
    if (last) await other.save('last', last);
    await expect(runs.add('moths', await elsewhere.files('other'))).rejects.toThrow(
      "checkpoints/last/ has learned other classes than its run's config.json names",
    );
  });
});
