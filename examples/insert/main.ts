// Puts FBSM, and the complete FBSD, into a model that is there, fine-tunes each, and compares.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BackendName, loadModelFile, printError, say, selectBackend } from '@fbsd/cli';
import { ensureMini, loadCub, miniCub } from '@fbsd/datasets';
import type { Tap } from '@fbsd/fbsm';
import { limit, UserError } from '@fbsd/trainer';
import { count, duration, percent, significant } from '@fbsd/trainer/format';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { accuracyOf, fineTune } from './fine-tune.ts';
import { mobileNetV2 } from './mobilenet-v2.ts';
import { variantsOf } from './variants.ts';

/** Maps of reductions 8, 16 and 32: of MobileNetV2, and of one whose stages have one block each. */
const MOBILENET_TAPS = 'block_6_expand_relu:4,block_13_expand_relu:3,out_relu:2';
const SMALL_TAPS = 'block_3_expand_relu:4,block_5_expand_relu:3,out_relu:2';

const DEFAULTS = {
  epochs: '10',
  'batch-size': '16',
  'learning-rate': '0.003',
  'image-size': '96',
  seed: '1',
  backend: 'auto',
} as const;

const HELP = `Puts FBSM into a model that is there, fine-tunes it, and compares.

Usage: npm run insert -- [flags]

  --model …           model.json of a tf.LayersModel (default: a small MobileNetV2 from random weights)
  --taps …            layers and strips of the model (default: ${MOBILENET_TAPS})
  --data …            folder of CUB-200-2011 (default: mini-CUB, drawn)
  --epochs …          of each of the three trainings (default: ${DEFAULTS.epochs})
  --batch-size …      images a step (default: ${DEFAULTS['batch-size']})
  --learning-rate …   of Adam (default: ${DEFAULTS['learning-rate']})
  --image-size …      pixels, where the model leaves it open (default: ${DEFAULTS['image-size']})
  --limit …           training and test images that are used
  --seed …            decides weights, order and crops (default: ${DEFAULTS.seed})
  --backend …         auto, node-gpu, webgpu, node, wasm or cpu (default: ${DEFAULTS.backend})
  --help              this text
`;

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.help) {
    process.stdout.write(HELP);
    return;
  }
  const seed = atLeast(0, 'seed', flags.seed);
  const tuning = {
    epochs: atLeast(1, 'epochs', flags.epochs),
    batchSize: atLeast(2, 'batch-size', flags['batch-size']),
    learningRate: positive('learning-rate', flags['learning-rate']),
    seed,
  };
  const taps = readTaps(flags.taps ?? (flags.model ? MOBILENET_TAPS : SMALL_TAPS));
  const imageSize = atLeast(1, 'image-size', flags['image-size']);

  const folder = flags.data ? resolve(flags.data) : await drawn();
  const whole = await loadCub(folder);
  const dataset = flags.limit ? limit(whole, atLeast(1, 'limit', flags.limit)) : whole;
  const { classNames, train, test } = dataset;
  say(`data     ${folder}: ${train.length} training and ${test.length} test images`);
  const { description } = await selectBackend(flags.backend as BackendName);
  say(`backend  ${description}`);
  const base = flags.model ? await savedModel(resolve(flags.model)) : smallModel(imageSize, seed);

  const options = { ...tuning, imageSize: base.inputs[0]?.shape[1] ?? imageSize };
  const table = [`  ${'network'.padEnd(10)} ${'accuracy'.padStart(9)}  training`];
  for (const variant of variantsOf(base, { taps, classes: classNames.length, seed })) {
    const { name, model } = variant;
    say(`\n${name}: ${count(model.countParams())} parameters`);
    const started = performance.now();
    await fineTune(variant, dataset, options, (epoch, loss) => {
      say(`  epoch ${epoch} of ${tuning.epochs}   loss ${significant(loss)}`);
    });
    const seconds = (performance.now() - started) / 1000;
    const accuracy = percent(await accuracyOf(variant, dataset, options));
    table.push(`  ${name.padEnd(10)} ${accuracy.padStart(9)}  ${duration(seconds)}`);
    model.dispose();
  }
  say(`\n${table.join('\n')}`);
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        model: { type: 'string' },
        taps: { type: 'string' },
        data: { type: 'string' },
        limit: { type: 'string' },
        epochs: { type: 'string', default: DEFAULTS.epochs },
        'batch-size': { type: 'string', default: DEFAULTS['batch-size'] },
        'learning-rate': { type: 'string', default: DEFAULTS['learning-rate'] },
        'image-size': { type: 'string', default: DEFAULTS['image-size'] },
        seed: { type: 'string', default: DEFAULTS.seed },
        backend: { type: 'string', default: DEFAULTS.backend },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UserError(`[insert] ${(error as Error).message} See --help for the flags.`);
  }
}

async function drawn(): Promise<string> {
  await ensureMini(miniCub, 'data/mini-cub');
  return resolve('data/mini-cub');
}

function smallModel(imageSize: number, seed: number): LayersModel {
  say(
    'model    a small MobileNetV2 from random weights; give a trained one with --model model.json',
  );
  return mobileNetV2({ imageSize, width: 0.35, blocks: 1, lastChannels: 256, seed });
}

async function savedModel(file: string): Promise<LayersModel> {
  const model = await loadLayersModel(io.fromMemory(await loadModelFile(file)));
  say(`model    ${model.name} from ${file}`);
  return model;
}

/** `layer:4,nested/layer:2` */
function readTaps(text: string): Tap[] {
  return text.split(',').map((tap) => {
    const [, after, parts] = /^(.+):(\d+)$/.exec(tap) ?? [];
    if (after === undefined) {
      throw new UserError(
        `[insert] --taps must be layers with strips, such as ${MOBILENET_TAPS}; got '${text}'.`,
      );
    }
    return { after, parts: Number(parts) };
  });
}

function atLeast(least: number, flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new UserError(`[insert] --${flag} must be a whole number from ${least}; got '${text}'.`);
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UserError(`[insert] --${flag} must be a number above 0; got '${text}'.`);
}

try {
  await main();
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
