import {
  appendFileSync,
  cpSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Progress, UserError } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { disposeVelocities, loadCheckpoint, saveCheckpoint } from '../../src/run/checkpoint.ts';
import { DiskRunStore } from '../../src/run/disk-run-store.ts';
import { loadModelFile } from '../../src/run/model-directory.ts';
import { encodeConfig, readRunConfig } from '../../src/run/run-config.ts';
import { loadTrainedModel } from '../../src/run/trained-model.ts';
import { completeSettings } from '../../src/settings/settings.ts';

const folder = temporaryFolder();
const last = () => join(folder(), 'checkpoints', 'last');
const best = () => join(folder(), 'checkpoints', 'best');

function smallModel() {
  const images = input({ shape: [3], name: 'images' });
  const hidden = layers.dense({ units: 4, name: 'hidden' }).apply(images) as SymbolicTensor;
  const logits = layers.dense({ units: 2, name: 'logits' }).apply(hidden) as SymbolicTensor;
  return model({ inputs: images, outputs: logits });
}

async function save(directory: string, step: number, options = {}) {
  const progress: Progress = { epoch: 1, step, batch: step, best: null };
  const network = smallModel();
  const velocities = [{ name: 'hidden/kernel', tensor: tf.fill([3, 4], step) }];
  await saveCheckpoint(
    directory,
    { model: network, velocities, progress, classNames: ['a', 'b'] },
    options,
  );
  disposeVelocities(velocities);
  network.dispose();
}

/** As an earlier version wrote it. */
function makeOld(directory: string) {
  rmSync(join(directory, 'SHA256SUMS'));
  edit(join(directory, 'state.json'), (state) => ({ ...state, version: 1 }));
}

// biome-ignore lint/suspicious/noExplicitAny: what is edited may be anything
type Json = Record<string, any>;

function edit(file: string, change: (content: Json) => unknown) {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
}

function flip(file: string, at: number) {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] as number) ^ 4;
  writeFileSync(file, bytes);
}

async function stepOf(load: Promise<Awaited<ReturnType<typeof loadCheckpoint>> | null>) {
  const checkpoint = await load;
  if (!checkpoint) return null;
  disposeVelocities(checkpoint.velocities);
  checkpoint.model.dispose();
  return checkpoint.progress.step;
}

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
        /^\[fbsd\] \S+(SHA256SUMS|weights\.bin|velocities\.bin|labels\.json|model\.json|state\.json)/,
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
    ['another version', (s) => ({ ...s, version: 9 }), /version is 9/],
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
    await expect(loadTrainedModel(last())).rejects.toThrow(`[fbsd] ${file}`);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('model.json', () => {
  const config = (file: Json) => file['modelTopology'].config;
  const call = (file: Json, layer: number) => config(file).layers[layer].inbound_nodes[0][0];
  const spec = (file: Json) => file['weightsManifest'][0].weights[0];

  test.each<[string, (file: Json) => unknown, RegExp]>([
    [
      'an inbound layer that there is not',
      (f) => (call(f, 2)[0] = 'hiddem'),
      /layer 'logits' takes output 0 of 'hiddem', a layer that there is not/,
    ],
    [
      'an inbound node that there is not',
      (f) => (call(f, 2)[1] = 1),
      /layer 'logits' takes output 1 of 'hidden', which is not made before it/,
    ],
    [
      'a cycle',
      (f) => (call(f, 1)[0] = 'logits'),
      /layer '(hidden|logits)' takes output 0 of '(hidden|logits)', which is not made/,
    ],
    ['itself for input', (f) => (call(f, 2)[0] = 'logits'), /'logits' takes output 0 of 'logits'/],
    [
      'a name of JavaScript',
      (f) => (call(f, 2)[0] = 'toString'),
      /'toString', a layer that there is not/,
    ],
    [
      'a node of no number',
      (f) => (call(f, 2)[1] = -1),
      /expected layer, call and output in inbound_nodes of layer 'logits'/,
    ],
    [
      'no inbound nodes',
      (f) => delete config(f).layers[1].inbound_nodes,
      /expected inbound_nodes of layer 'hidden'/,
    ],
    [
      'two layers of a name',
      (f) => config(f).layers.push(config(f).layers[1]),
      /two layers are called 'hidden'/,
    ],
    [
      'two names of a layer',
      (f) => (config(f).layers[1].name = 'x'),
      /layer 'x' is called "hidden" in its config/,
    ],
    [
      'an output that there is not',
      (f) => (config(f).output_layers[0][1] = 3),
      /output_layers names output 3 of 'logits'/,
    ],
    [
      'no topology',
      (f) => delete f['modelTopology'],
      /expected modelTopology with class_name and config/,
    ],
    ['no layers', (f) => (config(f).layers = 3), /expected a list of layers; got 3/],
    [
      'weights that are no list',
      (f) => (f['weightsManifest'] = {}),
      /expected a list as weightsManifest/,
    ],
    [
      'paths that are no names',
      (f) => (f['weightsManifest'][0].paths = [1]),
      /expected names of files as paths/,
    ],
    [
      'weights of another size',
      (f) => (spec(f).shape = [3, 5]),
      /weights\.bin: expected 116 bytes for the weights that .* got 104/,
    ],
    [
      'a shape that is none',
      (f) => (spec(f).shape = [3, -4]),
      /expected a tensor's name, shape and dtype/,
    ],
    [
      'a type that is none',
      (f) => (spec(f).dtype = 'float64'),
      /expected a tensor's name, shape and dtype/,
    ],
    [
      'other weights',
      (f) => (spec(f).name = 'other/kernel'),
      /model\.json is damaged: no model can be made of it/,
    ],
  ])('with %s is refused before anything hangs', async (_, change, message) => {
    await save(last(), 4);
    makeOld(last());
    edit(join(last(), 'model.json'), (content) => {
      change(content);
      return content;
    });
    for (const load of [loadTrainedModel, loadCheckpoint]) {
      const refused = load(last(), () => {});
      await expect(refused).rejects.toBeInstanceOf(UserError);
      await expect(refused).rejects.toThrow(message);
      await expect(refused).rejects.toThrow(/Restore it from a copy\.$/);
    }
  });

  test('weights that are a device, a folder or missing are refused before they are read', async () => {
    await save(last(), 4);
    makeOld(last());
    const weights = join(last(), 'weights.bin');
    rmSync(weights);
    await expect(loadModelFile(join(last(), 'model.json'))).rejects.toThrow('is missing');
    symlinkSync('/dev/zero', weights);
    await expect(loadModelFile(join(last(), 'model.json'))).rejects.toThrow('is no file');
  });

  test('a layer that is used twice, and a model within a model, load', async () => {
    const shared = layers.dense({ units: 3, name: 'shared' });
    const inner = smallModel();
    const images = input({ shape: [3] });
    const twice = shared.apply(shared.apply(images)) as SymbolicTensor;
    const outer = model({ inputs: images, outputs: inner.apply(twice) as SymbolicTensor });
    const progress: Progress = { epoch: 1, step: 1, batch: 1, best: null };
    await saveCheckpoint(last(), {
      model: outer,
      velocities: [],
      progress,
      classNames: ['a', 'b'],
    });
    expect(await stepOf(loadCheckpoint(last()))).toBe(1);
    outer.dispose();
  });
});

describe('config.json', () => {
  const file = () => join(folder(), 'config.json');
  const settings = completeSettings('cub', { seed: 7, data: '/birds' });
  const config = { settings, classNames: ['a', 'b'], environment: { backend: 'wasm' } };
  const old = (change: (content: Json) => unknown) => {
    writeFileSync(file(), JSON.stringify(change(JSON.parse(JSON.stringify(config)))));
    return readRunConfig(folder());
  };

  test('is read as it was written; whitespace may differ', async () => {
    writeFileSync(file(), encodeConfig(config));
    expect(await readRunConfig(folder())).toEqual(config);
    edit(file(), (content) => content);
    expect(await readRunConfig(folder())).toEqual(config);
    expect(await old((content) => content)).toEqual(config); // an earlier version's
  });

  test('that was changed is refused', async () => {
    writeFileSync(file(), encodeConfig(config));
    edit(file(), (content) => ({ ...content, settings: { ...content['settings'], seed: 8 } }));
    await expect(readRunConfig(folder())).rejects.toThrow(
      new RegExp(
        `^\\[fbsd\\] ${file()} is not as it was written: expected the SHA-256 .* a run with other settings is a new run`,
      ),
    );
  });

  test.each<[string, (content: Json) => unknown, RegExp]>([
    ['nothing', () => ({}), /is damaged: expected settings, classNames and environment; got \{\}/],
    ['null', () => null, /got null/],
    [
      'no seed',
      ({ settings: { seed: _, ...s }, ...c }) => ({ ...c, settings: s }),
      /settings\.seed is missing/,
    ],
    [
      'a seed of text',
      ({ settings: s, ...c }) => ({ ...c, settings: { ...s, seed: 'x' } }),
      /expected a number as settings\.seed; got "x"/,
    ],
    [
      'an unknown setting',
      ({ settings: s, ...c }) => ({ ...c, settings: { ...s, sed: 1 } }),
      /there is no setting 'sed'/,
    ],
    [
      'an unknown data set',
      ({ settings: s, ...c }) => ({ ...c, settings: { ...s, dataset: 'x' } }),
      /expected one of cub/,
    ],
    ['a newer version', (c) => ({ ...c, version: 3 }), /expected version 1 or 2; got 3/],
  ])('of an earlier version with %s is refused by name', async (_, change, message) => {
    const refused = old(change);
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(file());
  });
});
