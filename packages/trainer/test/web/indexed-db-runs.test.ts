import 'fake-indexeddb/auto';
import { accelerate } from '@fbsd/kernels';
import { SGD, type TrainArgs, train, UserError } from '@fbsd/trainer';
import { IndexedDbRuns } from '@fbsd/trainer/web';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { jest } from '@jest/globals';
import { folderOf } from '../../src/run-files/given-files.ts';
import { ChecksummedFolder, readCheckpointFiles } from '../../src/run-files/index.ts';
import { levelsModel } from '../support/levels-model.ts';
import { memoryDataset, memoryPictures as pictures } from '../support/memory-pictures.ts';
import { changeStoredFile } from '../support/stored-file.ts';

const rates = { newLearningRate: 0.02, pretrainedLearningRate: 0.01 };
const dataset = memoryDataset(2, { train: 6, test: 2 });
const options = { imageSize: 32, batchSize: 2, totalEpochs: 2, warmupSteps: 2, logEverySteps: 1 };
const config = {
  settings: { dataset: 'folder', ...options },
  classNames: dataset.classNames,
  environment: { backend: 'wasm' },
};
let database = 0;
let runs: IndexedDbRuns;

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  accelerate();
});
beforeEach(async () => {
  runs = await IndexedDbRuns.connect(`runs-${++database}`);
});
afterEach(() => {
  runs.close();
  jest.restoreAllMocks();
});

function begin(): Pick<TrainArgs, 'model' | 'optimizer'> & { dispose(): void } {
  const model = levelsModel(2);
  const optimizer = new SGD(model, rates);
  const dispose = () => {
    optimizer.dispose();
    model.dispose();
  };
  return { model, optimizer, dispose };
}

const bytesOf = (model: TrainArgs['model']) =>
  model.getWeights().map((weight) => weight.dataSync());
const checkpoint = (made: ReturnType<typeof begin>, step: number) => ({
  model: made.model,
  velocities: made.optimizer.velocities(),
  progress: { epoch: 1, step, batch: step, best: null },
  classNames: dataset.classNames,
});

describe('a run in IndexedDB', () => {
  test('that is stopped in the middle of an epoch goes on to the same weights and metrics, in another tab', async () => {
    const whole = begin();
    const wholeStore = await runs.begin('whole', config);
    await train({ ...options, ...whole, dataset, pictures, store: wholeStore });

    const first = begin();
    const store = await runs.begin('stopped', config);
    const stop = new AbortController();
    await train({
      ...{ ...options, ...first, dataset, pictures, store, signal: stop.signal },
      listener: { onStep: ({ step }) => step === 5 && stop.abort() },
    });
    first.dispose();
    runs.close();

    runs = await IndexedDbRuns.connect(`runs-${database}`);
    const resumed = await runs.store('stopped');
    const before = tf.memory().numTensors;
    const loaded = await resumed.load('last');
    expect(loaded?.progress).toMatchObject({ epoch: 2, step: 5, batch: 2 });
    const { model, velocities, progress, classNames } = loaded as NonNullable<typeof loaded>;
    expect(classNames).toEqual(dataset.classNames);
    const optimizer = new SGD(model, rates);
    optimizer.setVelocities(velocities);
    tf.dispose(velocities.map(({ tensor }) => tensor));
    await train({ ...options, model, optimizer, dataset, pictures, store: resumed, progress });
    expect(bytesOf(model)).toEqual(bytesOf(whole.model));
    optimizer.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    whole.dispose();

    const withoutTime = (line: object) => ({ ...line, imagesPerSecond: 0, seconds: 0 });
    const again = await runs.store('whole');
    expect((await resumed.metrics()).map(withoutTime)).toEqual(
      (await again.metrics()).map(withoutTime),
    );
    const [last] = await runs.list();
    expect(last).toMatchObject({ name: 'stopped', config, progress: { last: { epoch: 3 } } });
    expect(last?.bytes.last).toBeGreaterThan(1000);
  });

  test('is listed, deleted with all that it has, and refused by its name', async () => {
    const made = begin();
    const store = await runs.begin('moths', config);
    await store.save('last', checkpoint(made, 1));
    await store.append({ kind: 'step', step: 1 } as never);
    await runs.begin('birds', config);
    expect((await runs.list()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['moths', 'birds']),
    );
    await expect(runs.begin('moths', config)).rejects.toThrow(
      "there is a run 'moths' in this browser already. Choose another name.",
    );
    await runs.delete('moths');
    expect((await runs.list()).map(({ name }) => name)).toEqual(['birds']);
    await expect(runs.store('moths')).rejects.toThrow("there is no run 'moths'");
    await expect(store.save('last', checkpoint(made, 2))).rejects.toThrow("'moths' was deleted");
    const anew = await runs.begin('moths', config);
    expect(await anew.load('last')).toBeNull();
    expect(await anew.metrics()).toEqual([]);
    made.dispose();
  });

  test('keeps a checkpoint as it was, whatever becomes of model and progress', async () => {
    const made = begin();
    const store = await runs.begin('moths', config);
    expect(await store.load('last')).toBeNull();
    const before = tf.memory().numTensors;
    const given = checkpoint(made, 1);
    const weights = bytesOf(made.model);
    await store.save('last', given);
    given.progress.step = 4;
    const zeros = made.model.getWeights().map((weight) => tf.zerosLike(weight));
    made.model.setWeights(zeros);
    tf.dispose(zeros);
    for (let time = 0; time < 2; time++) {
      const kept = await store.load('last');
      expect(kept?.progress.step).toBe(1);
      expect(bytesOf(kept?.model as TrainArgs['model'])).toEqual(weights);
      if (kept) kept.progress.step = 9; // the caller's: the next one gets it as it was
      kept?.model.dispose();
      tf.dispose(kept?.velocities.map(({ tensor }) => tensor) ?? []);
    }
    expect(await store.load('best')).toBeNull();
    expect(tf.memory().numTensors).toBe(before);
    made.dispose();
  });

  test('rewinds its own metrics alone', async () => {
    const [one, other] = [await runs.begin('one', config), await runs.begin('other', config)];
    for (const step of [1, 2, 3]) {
      await one.append({ kind: 'step', step } as never);
      await other.append({ kind: 'step', step } as never);
    }
    await one.rewind(1);
    expect(await one.metrics()).toEqual([{ kind: 'step', step: 1 }]);
    expect(await other.metrics()).toHaveLength(3);
  });

  test('gives the memory of its files back once they are kept, or read', async () => {
    const made = begin();
    const store = await runs.begin('moths', config);
    const digest = jest.spyOn(crypto.subtle, 'digest');
    await store.save('last', checkpoint(made, 1));
    const kept = await store.load('last');
    const files = digest.mock.calls.map(([, content]) => content as Uint8Array);
    expect(files).toHaveLength(6 + 5); // training needs no preprocessing.json
    expect(files.filter(({ length }) => length > 0)).toEqual([]);
    expect(bytesOf(kept?.model as TrainArgs['model'])).toEqual(bytesOf(made.model));
    kept?.model.dispose();
    made.dispose();
  });

  test('keeps all of a checkpoint or nothing', async () => {
    const made = begin();
    const store = await runs.begin('moths', config);
    await store.save('last', checkpoint(made, 1));
    const original = IDBObjectStore.prototype.put;
    const put = jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      value,
    ) {
      if (this.name === 'checkpoints') throw new DOMException('it is full', 'QuotaExceededError');
      return original.call(this, value);
    });
    const full = store.save('last', checkpoint(made, 2));
    await expect(full).rejects.toBeInstanceOf(UserError);
    await expect(full).rejects.toThrow(
      /the checkpoint of step 2 cannot be kept, the browser's storage is full.*What was kept before is whole: delete runs/,
    );
    expect(put).toHaveBeenCalledTimes(2);
    put.mockRestore();
    const [kept] = await runs.list();
    expect(kept?.progress.last?.step).toBe(1);
    const loaded = await store.load('last');
    expect(loaded?.progress.step).toBe(1);
    loaded?.model.dispose();
    tf.dispose((loaded?.velocities ?? []).map(({ tensor }) => tensor));
    made.dispose();
  });

  test('refuses a checkpoint that is damaged, and one of a newer version', async () => {
    const made = begin();
    const store = await runs.begin('moths', config);
    await store.save('last', checkpoint(made, 1));
    const stateOf = (version: number) => JSON.stringify({ version, progress: {}, velocities: [] });
    await changeStoredFile(`runs-${database}`, 'weights.bin', (bytes) =>
      bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
    );
    await expect(store.load('last')).rejects.toThrow(UserError);
    await expect(store.load('last')).rejects.toThrow(
      'moths/checkpoints/last/weights.bin is not as it was written',
    );
    await store.save('last', checkpoint(made, 1));
    await changeStoredFile(`runs-${database}`, 'SHA256SUMS', () => null);
    await changeStoredFile(`runs-${database}`, 'state.json', () =>
      new TextEncoder().encode(stateOf(4)),
    );
    await expect(store.load('last')).rejects.toThrow(
      'moths/checkpoints/last/state.json: expected version 1 to 3; got 4. Go on with the newer version that wrote it.',
    );
    made.dispose();
  });

  test('is for one tab at a time, where the browser can tell', async () => {
    const held = new Set<string>();
    const request = async (
      name: string,
      _: object,
      use: (lock: object | null) => Promise<void> | undefined,
    ) => {
      if (held.has(name)) return use(null);
      held.add(name);
      await use({});
      held.delete(name);
    };
    Object.assign(globalThis, { navigator: { locks: { request } } });
    try {
      const store = await runs.begin('moths', config);
      const other = await runs.store('moths');
      await store.append({ kind: 'step', step: 1 } as never);
      await expect(other.rewind(0)).rejects.toThrow("the run 'moths' is in use in another tab");
      await expect(runs.delete('moths')).rejects.toThrow('in use in another tab');
      expect(await other.metrics()).toHaveLength(1); // to look at it, any may
      await store.release();
      await other.rewind(0);
      expect(await other.metrics()).toEqual([]);
      await other.release();
      await runs.delete('moths');
    } finally {
      Reflect.deleteProperty(globalThis, 'navigator');
    }
  });

  test('gives its files, as they are on a disk', async () => {
    const made = begin();
    const store = await runs.begin('moths', config);
    await store.save('best', checkpoint(made, 1));
    await store.append({ kind: 'step', step: 1 } as never);
    const files = await runs.files('moths');
    const best = [
      'weights.bin',
      'model.json',
      'labels.json',
      'preprocessing.json',
      'velocities.bin',
      'state.json',
      'SHA256SUMS',
    ];
    expect(files.map(({ path }) => path)).toEqual([
      'config.json',
      'metrics.jsonl',
      ...best.map((name) => `checkpoints/best/${name}`),
    ]);
    const folder = await ChecksummedFolder.open(folderOf(files, 'checkpoints/best/'));
    const read = await readCheckpointFiles(folder);
    expect(bytesOf(read.model)).toEqual(bytesOf(made.model));
    read.model.dispose();
    tf.dispose(read.velocities.map(({ tensor }) => tensor));
    made.dispose();
  });
});
