import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DiskRunStore, loadClassifier, selectBackend } from '@fbsd/cli';
import { diskPictures, ensureMini, loadCub, miniCub } from '@fbsd/datasets';
import { attachFBSD } from '@fbsd/fbsd';
import { damaged } from '@fbsd/testing';
import { predict, view } from '@fbsd/trainer';
import { encodeConfig } from '@fbsd/trainer/run-files';
import { disposeVariables, engine, fill } from '@tensorflow/tfjs-core';
import { input, layers, model } from '@tensorflow/tfjs-layers';
import { readMetrics } from '../../../../packages/cli/dist/run/metrics-file.js';
import { readRunConfig } from '../../../../packages/cli/dist/run/run-config.js';
import { createRunDirectory } from '../../../../packages/cli/dist/run/run-directory.js';
import { completeSettings } from '../../../../packages/cli/dist/settings/settings.js';
import { resumeRun } from '../../../../packages/cli/dist/setup/run.js';
import { openClassifier } from '../../../../packages/cli/dist/setup/trained.js';
import { damagedText } from '../damage/text.js';
import { damagedJson } from '../damage/tree.js';
import { onDisk } from '../on-disk.js';
import { oneOf, requireRight } from '../reader.js';

/** @typedef {import('../reader.js').Draw} Draw */
/** @typedef {import('../reader.js').Files} Files */

const SIDE = 32;
const LAST = 'checkpoints/last';
const [CONFIG, SUMS, MODEL] = ['config.json', `${LAST}/SHA256SUMS`, `${LAST}/model.json`];
/** What is damaged, the graph most often: each so often as it stands here. */
const FILES = [
  ...[MODEL, MODEL, MODEL, MODEL, CONFIG, CONFIG, 'metrics.jsonl', SUMS],
  ...['state.json', 'state.json', 'labels.json', 'preprocessing.json'].map(
    (name) => `${LAST}/${name}`,
  ),
  ...['weights.bin', 'velocities.bin'].map((name) => `${LAST}/${name}`),
];

/**
 * Runs, as resuming, testing and predicting read them.
 *
 * @param {string} folder
 * @returns {Promise<import('../reader.js').Reader>}
 */
export async function open(folder) {
  mkdirSync(folder);
  const [data, run] = [join(folder, 'data'), join(folder, 'run')];
  await ensureMini(miniCub, data, { trainPerClass: 1, testPerClass: 1, imageSize: SIDE });
  await selectBackend('wasm');
  const { classNames, test } = await loadCub(data);
  await writeRun(run, data, classNames);
  const picture = /** @type {string} */ (test[0]?.path);
  const { originals, within } = onDisk(run, [...new Set(FILES)]);
  const readers = [readAsResume, readAsCommand, readAsProgram];
  for (const read of readers) await read(run, picture);
  return {
    damage: (draw) => damagedRun(originals, draw),
    async read(files, draw) {
      engine().startScope('case');
      try {
        await within(files, () => oneOf(readers, draw)(run, picture));
      } finally {
        await within(originals, async () => {}); // reading tidies up
        for (const name of readdirSync(join(run, 'checkpoints'))) {
          if (name !== 'last') rmSync(join(run, 'checkpoints', name), { recursive: true });
        }
        engine().endScope();
        disposeVariables();
      }
    },
    megabytes: 1000,
  };
}

/**
 * A run of a network that has all layers of FBSD and few weights.
 *
 * @param {string} run
 * @param {string} data
 * @param {readonly string[]} classNames
 */
async function writeRun(run, data, classNames) {
  const network = smallNetwork(classNames.length);
  const settings = completeSettings('cub', {
    data,
    arch: 'mini',
    imageSize: SIDE,
    batchSize: 2,
    totalEpochs: 3,
    backend: 'wasm',
  });
  (
    await createRunDirectory(run, { settings, classNames, environment: { node: process.version } })
  )();
  const store = new DiskRunStore(run);
  const learningRate = { new: 0.1, pretrained: 0.1 };
  for (const step of [1, 2]) {
    await store.append({
      kind: 'step',
      epoch: 1,
      step,
      loss: 1,
      losses: [1, 1, 1],
      accuracy: 0.5,
      learningRate,
      imagesPerSecond: 9,
    });
  }
  const velocities = network.trainableWeights.map((weight) => ({
    name: weight.originalName,
    tensor: fill(/** @type {number[]} */ (weight.shape), 0.1),
  }));
  const progress = { epoch: 1, step: 2, batch: 2, best: null };
  await store.save('last', { model: network, velocities, progress, classNames });
  network.dispose();
  for (const { tensor } of velocities) tensor.dispose();
}

/** @param {number} classes */
function smallNetwork(classes) {
  const conv = (/** @type {string} */ name, /** @type {number} */ strides) =>
    layers.conv2d({ name, filters: 4, kernelSize: 3, strides, padding: 'same' });
  const images = input({ shape: [SIDE, SIDE, 3], name: 'images' });
  const first = layers.batchNormalization({ name: 'norm' }).apply(conv('conv1', 2).apply(images));
  const second = conv('conv2', 2).apply(
    layers.activation({ activation: 'relu', name: 'relu' }).apply(first),
  );
  const third = layers
    .add({ name: 'sum' })
    .apply([
      /** @type {import('@tensorflow/tfjs-layers').SymbolicTensor} */ (second),
      /** @type {import('@tensorflow/tfjs-layers').SymbolicTensor} */ (
        conv('conv3', 1).apply(second)
      ),
    ]);
  const outputs = /** @type {import('@tensorflow/tfjs-layers').SymbolicTensor} */ (third);
  const taps = [
    { after: 'relu', parts: 4 },
    { after: 'sum', parts: 2 },
  ];
  const backbone = model({ inputs: images, outputs });
  return attachFBSD(backbone, {
    name: 'fbsd_mini',
    classes,
    taps,
    convWidths: [4, 6],
    hiddenUnits: 5,
    seed: 1,
  });
}

/** @param {string} run */
async function readAsResume(run) {
  const { release, model, optimizer, progress } = await resumeRun({ out: run });
  try {
    const { step = 0, epoch = 0 } = progress ?? {};
    requireRight(Number.isSafeInteger(step) && Number.isSafeInteger(epoch), 'progress');
    await new DiskRunStore(run).rewind(step);
    await readMetrics(run);
    await readRunConfig(run);
  } finally {
    release();
    model.dispose();
    optimizer.dispose();
  }
}

/**
 * @param {string} run
 * @param {string} picture
 */
async function readAsCommand(run, picture) {
  const { model, classNames, imageSize } = await openClassifier(run);
  try {
    const { images } = await view(diskPictures, { path: picture }, { imageSize });
    const [predictions = []] = await predict(model, [images], imageSize, 5);
    checkPredictions(predictions.map(({ label, probability }) => [classNames[label], probability]));
  } finally {
    model.dispose();
  }
}

/**
 * @param {string} run
 * @param {string} picture
 */
async function readAsProgram(run, picture) {
  const classifier = await loadClassifier(run);
  try {
    const classes = await classifier.classify(picture);
    checkPredictions(classes.map(({ className, probability }) => [className, probability]));
  } finally {
    classifier.dispose();
  }
}

/** @param {readonly [string | undefined, number][]} predictions */
function checkPredictions(predictions) {
  requireRight(predictions.length > 0, 'no prediction');
  for (const [name, probability] of predictions) {
    requireRight(
      typeof name === 'string' && probability >= 0 && probability <= 1.0001,
      `${name}: ${probability}`,
    );
  }
}

/**
 * @param {Record<string, Uint8Array>} originals
 * @param {Draw} draw
 * @returns {Promise<Files>}
 */
async function damagedRun(originals, draw) {
  const path = oneOf(FILES, draw);
  const original = /** @type {Uint8Array} */ (originals[path]);
  const content = draw(30) === 0 ? null : damagedFile(path, original, draw);
  if (path === CONFIG)
    return { [CONFIG]: content && (await signed(content, originals[CONFIG], draw)) };
  /** @type {Files} */
  const files = { [path]: content };
  if (!path.startsWith(LAST) || path === SUMS || draw(8) === 0) return files;
  return { ...files, [SUMS]: draw(3) === 0 ? null : sumsOf({ ...originals, ...files }) };
}

/**
 * @param {string} path
 * @param {Uint8Array} file
 * @param {Draw} draw
 * @returns {Uint8Array}
 */
function damagedFile(path, file, draw) {
  if (path.endsWith('.bin')) return damaged(file, draw);
  if (!path.endsWith('.json') || draw(5) === 0) return damagedText(file, draw);
  return damagedJson(JSON.parse(Buffer.from(file).toString()), draw);
}

/**
 * The checksums of what the files are now, as whoever changes a file on purpose writes them.
 *
 * @param {Files} files
 */
function sumsOf(files) {
  const lines = Object.entries(files).flatMap(([path, content]) => {
    if (!path.startsWith(LAST) || path === SUMS || content === null) return [];
    return [
      `${createHash('sha256').update(content).digest('hex')}  ${path.slice(LAST.length + 1)}\n`,
    ];
  });
  return Buffer.from(lines.join(''));
}

/**
 * A damaged config that leads to no folder but its own, with its checksum, as one of before there were any, or as it is.
 *
 * @param {Uint8Array} content
 * @param {Uint8Array | undefined} original
 * @param {Draw} draw
 * @returns {Promise<Uint8Array>}
 */
async function signed(content, original, draw) {
  try {
    const config = JSON.parse(Buffer.from(content).toString());
    const { data } = JSON.parse(Buffer.from(original ?? []).toString()).settings;
    Object.assign(config.settings, {
      data,
      cache: null,
      pretrained: null,
      initFrom: null,
      from: null,
    });
    const { version: _, sha256: __, ...old } = config;
    return Buffer.from(draw(3) === 0 ? JSON.stringify(old) : await encodeConfig(config));
  } catch {
    return content; // is refused whatever it says
  }
}
