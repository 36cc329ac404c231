import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { loadCheckpoint } from '../../src/run/checkpoint.ts';
import { DiskRunStore } from '../../src/run/disk-run-store.ts';
import { loadTrainedModel } from '../../src/run/trained-model.ts';
import { edit, flip, type Json, makeOld, save, stepOf } from '../support/small-checkpoint.ts';

const folder = temporaryFolder();
const last = () => join(folder(), 'checkpoints', 'last');
const best = () => join(folder(), 'checkpoints', 'best');
beforeAll(() => tf.setBackend('cpu'));

const FILES = ['weights.bin', 'velocities.bin', 'model.json', 'labels.json', 'state.json'];
const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  'a flipped bit': (file) => flip(file, 9),
  'a zeroed range': (file) => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0, 4, 12));
  },
  'appended bytes': (file) => appendFileSync(file, '\0\0\0\0'),
  'its end cut off': (file) => truncateSync(file, readFileSync(file).length - 3),
  'all of it lost': (file) => rmSync(file),
};

describe('a damaged checkpoint', () => {
  const cases = FILES.flatMap((file) =>
    Object.keys(DAMAGES).map((damage) => [file, damage] as const),
  );
  test.each(cases)(
    '%s with %s: the one before is taken, and that is said',
    async (name, damage) => {
      await save(last(), 4, { keepPrevious: true });
      await save(last(), 8, { keepPrevious: true });
      const file = join(last(), name);
      DAMAGES[damage]?.(file);
      const warnings: string[] = [];
      const store = new DiskRunStore(folder(), { warn: (text) => warnings.push(text) });
      const before = tf.memory().numTensors;
      expect(await stepOf(store.load('last'))).toBe(4);
      expect(tf.memory().numTensors).toBe(before);
      expect(warnings).toEqual([
        expect.stringMatching(
          new RegExp(`${name}[ :,].*(expected|is missing).* Restore it from a copy`),
        ),
        `[fbsd] taking the checkpoint in ${last()}.previous instead, of step 4.`,
      ]);
      await store.rewind(4);
      warnings.length = 0;
      expect(await stepOf(store.load('last'))).toBe(4); // it is the last one now
      expect(warnings).toEqual([]);
    },
  );

  test('checksums that are damaged themselves count as damage', async () => {
    for (const damage of Object.values(DAMAGES).slice(0, 4)) {
      await save(last(), 4, { keepPrevious: true });
      await save(last(), 8, { keepPrevious: true });
      damage(join(last(), 'SHA256SUMS'));
      const warnings: string[] = [];
      expect(await stepOf(loadCheckpoint(last(), (text) => warnings.push(text)))).toBe(4);
      expect(warnings[0]).toMatch(
        /^\[\S+\] \S+(SHA256SUMS|weights\.bin|velocities\.bin|labels\.json|model\.json|state\.json)/,
      );
    }
  });

  test('with a damaged one beside it: both are named, nothing is removed', async () => {
    await save(last(), 4, { keepPrevious: true });
    await save(last(), 8, { keepPrevious: true });
    flip(join(last(), 'weights.bin'), 1);
    flip(join(`${last()}.previous`, 'state.json'), 40);
    const store = new DiskRunStore(folder());
    const both =
      /last\/weights\.bin is not .* What was kept beside it cannot be read either: .*last\.previous\/state\.json is not/;
    await expect(store.load('last')).rejects.toThrow(both);
    await store.rewind(8);
    await expect(store.load('last')).rejects.toThrow(both);
  });

  test('without checksums loads as ever, and that is said', async () => {
    await save(last(), 4);
    makeOld(last());
    const warnings: string[] = [];
    expect(await stepOf(loadCheckpoint(last(), (text) => warnings.push(text)))).toBe(4);
    expect(warnings).toEqual([
      `[fbsd] the checkpoint in ${last()} has no checksums, as those of earlier versions: whether it is damaged cannot be told.`,
    ]);
  });

  test.each<[string, (state: Json) => unknown, RegExp]>([
    ['nothing', () => ({}), /state\.json is damaged: version is undefined/],
    ['null', () => null, /expected version, progress, velocities; got null/],
    [
      'another version',
      (s) => ({ ...s, version: 9 }),
      /expected version 1 or 2; got 9\. Go on with the newer version/,
    ],
    ['no progress', ({ progress: _, ...s }) => s, /progress is undefined/],
    [
      'a step before the first',
      (s) => ({ ...s, progress: { ...s['progress'], step: -1 } }),
      /progress\.step is -1/,
    ],
    [
      'a wrong best',
      (s) => ({ ...s, progress: { ...s['progress'], best: {} } }),
      /progress\.best is \{\}/,
    ],
    [
      'a field too many',
      (s) => ({ ...s, more: 1 }),
      /got more, too\. Was it written by a newer version/,
    ],
    [
      'no tensor',
      (s) => ({ ...s, velocities: [{ name: 'a' }] }),
      /expected a tensor's name, shape and dtype/,
    ],
    [
      'other shapes',
      (s) => ({ ...s, velocities: [] }),
      /velocities\.bin: expected 0 bytes.*got 48/,
    ],
  ])('an older one whose state is %s is refused by name', async (_, change, message) => {
    await save(last(), 4);
    makeOld(last());
    edit(join(last(), 'state.json'), change);
    const refused = loadCheckpoint(last());
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toThrow(message);
  });
});

describe('a trained model', () => {
  test('that is damaged: the last one is taken in place of the best, and that is said', async () => {
    await save(best(), 4);
    await save(last(), 8);
    flip(join(best(), 'weights.bin'), 7);
    const warnings: string[] = [];
    const loaded = await loadTrainedModel(folder(), (text) => warnings.push(text));
    expect(loaded.directory).toBe(last());
    expect(warnings[0]).toContain(join(best(), 'weights.bin'));
    expect(warnings[1]).toBe(
      `[fbsd] taking the model in ${last()} instead: its weights are others.`,
    );
    loaded.model.dispose();
  });

  test('whose process was killed between two renames is found, with no word', async () => {
    await save(last(), 8);
    for (const left of [`${best()}.next`, `${best()}.previous`]) {
      await save(best(), 4);
      cpSync(best(), left, { recursive: true });
      rmSync(best(), { recursive: true });
      const warn = (text: string) => expect(text).toBe('');
      const { directory, model: loaded } = await loadTrainedModel(folder(), warn);
      expect(directory).toBe(left);
      loaded.dispose();
      rmSync(left, { recursive: true });
    }
  });

  test.each<[string, string]>([
    ['["a"]', 'expected 2 class names, one for each class that the model tells apart; got 1'],
    ['["a","b","c"]', 'got 3'],
    ['{"a":1}', 'expected a list of class names; got an object'],
    ['["a"', 'is damaged: expected JSON'],
    ['[1,2]', 'expected a list of class names; got [1,2]'],
  ])('with %s for labels is refused by the name of the file', async (labels, message) => {
    await save(last(), 4);
    makeOld(last());
    const file = join(last(), 'labels.json');
    writeFileSync(file, labels);
    const before = tf.memory().numTensors;
    await expect(loadTrainedModel(last())).rejects.toThrow(message);
    await expect(loadTrainedModel(last())).rejects.toThrow(`[@fbsd/trainer] ${file}`);
    expect(tf.memory().numTensors).toBe(before);
  });
});
