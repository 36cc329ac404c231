import type { Tap } from '@fbsd/fbsm';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { flagLines, parseCommandLine } from '../cli/command-line.ts';
import { fromCallerDirectory, openBackend, openDataset, say } from '../cli/open.ts';
import { count, duration, percent, significant } from '../format.ts';
import type { BackendName } from '../train/backend.ts';
import { loadModelFile } from '../train/model-directory.ts';
import { accuracyOf, fineTune } from './fine-tune.ts';
import { mobileNetV2 } from './mobilenet-v2.ts';
import { variantsOf } from './variants.ts';

const FLAGS = {
  model: 'model.json of a tf.LayersModel (default: a small MobileNetV2 from random weights)',
  taps: 'layers and strips of the model',
  data: 'folder of CUB-200-2011 (default: mini-CUB, drawn)',
  epochs: 'of each of the three trainings',
  'batch-size': 'images a step',
  'learning-rate': 'of Adam',
  'image-size': 'pixels, where the model leaves it open',
  limit: 'training and test images that are used',
  seed: 'decides weights, order and crops',
  backend: 'auto, node-gpu, node, wasm or cpu',
} as const;

const DEFAULTS = {
  taps: 'block_6_expand_relu:4,block_13_expand_relu:3,out_relu:2', // reductions 8, 16, 32
  epochs: '10',
  'batch-size': '16',
  'learning-rate': '0.003',
  'image-size': '96',
  seed: '1',
  backend: 'auto',
} as const;

const HELP = `Puts FBSM into a model that is there, fine-tunes it, and compares.

Usage: npm run insert -- [flags]

${flagLines(
  Object.fromEntries(
    Object.entries(FLAGS).map(([name, help]) => {
      const standard = DEFAULTS[name as keyof typeof DEFAULTS];
      return [`${name} …`, standard ? `${help} (default: ${standard})` : help];
    }),
  ),
)}
`;

async function main(): Promise<void> {
  const names = { values: Object.keys(FLAGS), switches: ['help'] };
  const { given } = parseCommandLine(process.argv.slice(2), names);
  if (given['help']) {
    process.stdout.write(HELP);
    return;
  }
  const flags = { ...DEFAULTS, ...(given as Partial<Record<keyof typeof FLAGS, string>>) };
  const isRandom = flags.model === undefined;
  const taps = readTaps(given['taps'] === undefined && isRandom ? RANDOM_TAPS : flags.taps);
  const seed = atLeast(0, 'seed', flags.seed);
  const imageSize = atLeast(1, 'image-size', flags['image-size']);
  const tuning = {
    epochs: atLeast(1, 'epochs', flags.epochs),
    batchSize: atLeast(2, 'batch-size', flags['batch-size']),
    learningRate: positive('learning-rate', flags['learning-rate']),
    seed,
  };
  const dataset = await openDataset(
    {
      ...CUB,
      data: flags.data ?? null,
      seed,
      limit: flags.limit === undefined ? null : atLeast(1, 'limit', flags.limit),
    },
    say,
  );
  await openBackend({ backend: flags.backend as BackendName, precision: 'float32' }, say);
  const base = isRandom ? randomModel(imageSize, seed) : await savedModel(flags.model as string);

  const options = { ...tuning, imageSize: base.inputs[0]?.shape[1] ?? imageSize };
  const table = [`  ${'network'.padEnd(10)} ${'accuracy'.padStart(9)}  training`];
  const classes = dataset.classNames.length;
  for (const variant of variantsOf(base, { taps, classes, seed })) {
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

/** What the data sets understand beside the folder. */
const CUB = {
  dataset: 'cub',
  skipCorrupt: false,
  aircraftLevel: 'variant',
  cropBanner: true,
  testShare: 0,
} as const;

/** The same maps where every stage has one block. */
const RANDOM_TAPS = 'block_3_expand_relu:4,block_5_expand_relu:3,out_relu:2';

function randomModel(imageSize: number, seed: number): LayersModel {
  say(
    'model    a small MobileNetV2 from random weights; give a trained one with --model model.json',
  );
  return mobileNetV2({ imageSize, width: 0.35, blocks: 1, lastChannels: 256, seed });
}

async function savedModel(path: string): Promise<LayersModel> {
  const file = fromCallerDirectory(path);
  const model = await loadLayersModel(io.fromMemory(await loadModelFile(file)));
  say(`model    ${model.name} from ${file}`);
  return model;
}

/** `layer:4,nested/layer:2` */
function readTaps(text: string): Tap[] {
  return text.split(',').map((tap) => {
    const [, after, parts] = /^(.+):(\d+)$/.exec(tap) ?? [];
    if (after === undefined) {
      throw new Error(
        `[fbsd] --taps must be layers with strips, such as ${DEFAULTS.taps}; got '${text}'.`,
      );
    }
    return { after, parts: Number(parts) };
  });
}

function atLeast(least: number, flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`[fbsd] --${flag} must be a whole number from ${least}; got '${text}'.`);
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`[fbsd] --${flag} must be a number above 0; got '${text}'.`);
}

try {
  await main();
} catch (error) {
  // Messages of ours begin with where they come from and are complete; others need their stack.
  const { message, stack } = error as Error;
  process.stderr.write(`${message?.startsWith('[') ? message : stack}\n`);
  process.exitCode = 1;
}
