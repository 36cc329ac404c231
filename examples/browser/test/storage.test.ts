import { OneAtATime } from '../src/engine/one-at-a-time.ts';
import { belowClasses } from '../src/engine/storage/below-classes.ts';
import { configOf, settingsOf } from '../src/engine/storage/run-settings.ts';

const paths = (...given: string[]) =>
  belowClasses(given.map((path) => ({ path, blob: new Blob() }))).map(({ path }) => path);

describe('files in folders of their class', () => {
  test('are taken without the folders around all of them', () => {
    expect(paths('heron/1.jpg', 'robin/1.jpg')).toEqual(['heron/1.jpg', 'robin/1.jpg']);
    expect(paths('photos/birds/heron/1.jpg', 'photos/birds/robin/1.jpg')).toEqual([
      'heron/1.jpg',
      'robin/1.jpg',
    ]);
    expect(paths('photos/heron/1.jpg', 'photos/heron/2.jpg')).toEqual([
      'heron/1.jpg',
      'heron/2.jpg',
    ]);
  });

  test('keep a split of their own', () => {
    const split = ['set/train/heron/1.jpg', 'set/test/heron/2.jpg'];
    expect(paths(...split)).toEqual(['train/heron/1.jpg', 'test/heron/2.jpg']);
  });

  test('are named where they lie in none', () => {
    expect(() => paths('1.jpg', 'heron/2.jpg')).toThrow('1.jpg lies in no folder. Put');
  });
});

test('the settings of a run come back from its config, which has the seed of the split', () => {
  const settings = {
    run: 'moths 1',
    dataset: 'moths',
    arch: 'mini',
    imageSize: 96,
    batchSize: 8,
    totalEpochs: 3,
    newLearningRate: 0.01,
    pretrainedLearningRate: 0.002,
    optimizer: 'adamw',
    emaDecay: 0.99,
    testTimeFlip: true,
    seed: 5,
  } as const;
  const dataset = { seed: 7, testShare: 0.25, classNames: ['a', 'b'] };
  const config = configOf(settings, dataset, { backend: 'wasm', browser: 'none' });
  expect(config.settings).toMatchObject({ dataset: 'folder', seed: 7, testShare: 0.25 });
  expect(config.settings).toMatchObject({ tta: 'flip' }); // the command line's name of it
  expect(config.settings).not.toHaveProperty('testTimeFlip');
  const kept = JSON.parse(JSON.stringify(config));
  expect(settingsOf('moths 1', kept)).toMatchObject(settings);
});

test('work is done one after the other, also after a failure', async () => {
  const queue = new OneAtATime();
  const done: string[] = [];
  const first = queue.run(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    done.push('first');
    throw new Error('failed');
  });
  const second = queue.run(async () => done.push('second'));
  await expect(first).rejects.toThrow('failed');
  await second;
  expect(done).toEqual(['first', 'second']);
});
