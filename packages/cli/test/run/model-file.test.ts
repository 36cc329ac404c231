import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Progress, UserError } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { loadCheckpoint, saveCheckpoint } from '../../src/run/checkpoint.ts';
import { loadClassifier } from '../../src/run/load-classifier.ts';
import { loadModelFile } from '../../src/run/model-directory.ts';
import { loadTrainedModel, saveTrainedModel } from '../../src/run/trained-model.ts';
import { edit, type Json, makeOld, save, smallModel, stepOf } from '../support/small-checkpoint.ts';

const folder = temporaryFolder();
const last = () => join(folder(), 'checkpoints', 'last');
beforeAll(() => tf.setBackend('cpu'));

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
      'a call without the list around what it takes',
      (f) => (config(f).layers[2].inbound_nodes[0] = ['hidden', 0, 0, {}]),
      /expected layer, call and output in inbound_nodes of layer 'logits'.*got "hidden"/,
    ],
    [
      'a call that takes nothing',
      (f) => (config(f).layers[1].inbound_nodes = [[]]),
      /expected what each call takes as inbound_nodes of layer 'hidden'; got \[\[\]\]/,
    ],
    [
      'another graph under a name that tfjs reads alike',
      (f) => (config(f).layers[2].inboundNodes = [[['nowhere', 0, 0, {}]]]),
      /expected inbound_nodes; got "inboundNodes"/,
    ],
    [
      'a graph under names that tfjs reads alike',
      (f) => {
        config(f).input__layers = config(f).input_layers;
        delete config(f).input_layers;
      },
      /expected input_layers; got "input__layers"/,
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
    await expect(loadModelFile(join(last(), 'model.json'))).rejects.toThrow(
      `${weights}: expected a file; got something else`,
    );
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

  test('JSON so deep that it cannot be written again is refused, in every file', async () => {
    await save(last(), 4);
    makeOld(last());
    const deep = `${'['.repeat(50_000)}0${']'.repeat(50_000)}`;
    for (const name of ['model.json', 'labels.json', 'state.json', 'preprocessing.json']) {
      const file = join(last(), name);
      const whole = existsSync(file) ? readFileSync(file) : null;
      writeFileSync(file, deep);
      const load = name === 'state.json' ? loadCheckpoint : loadClassifier;
      const refused = load(last());
      await expect(refused).rejects.toBeInstanceOf(UserError);
      await expect(refused).rejects.toThrow(
        `[@fbsd/trainer] ${file} is damaged: expected JSON of at most 500 levels; got more.`,
      );
      if (whole) writeFileSync(file, whole);
    }
  });

  test('a layer that gives maps of a negative size is refused, with nothing left behind', async () => {
    const images = input({ shape: [8, 8, 3], name: 'images' });
    const conv = layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', name: 'conv' });
    const logits = layers.globalAveragePooling2d({}).apply(conv.apply(images)) as SymbolicTensor;
    const network = model({ inputs: images, outputs: logits });
    await saveTrainedModel(last(), network, ['a', 'b']);
    network.dispose();
    edit(join(last(), 'model.json'), (file) => {
      config(file).layers[1].config.strides = [2, -2];
      return file;
    });
    const before = tf.memory().numTensors;
    await expect(loadTrainedModel(last())).rejects.toThrow(
      "model.json is damaged: expected sizes of at least 1 from layer 'conv'; got [null,4,-3,2]. Restore it from a copy.",
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
