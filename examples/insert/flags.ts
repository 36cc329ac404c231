import { resolve } from 'node:path';
import { BACKENDS, type BackendName, parseCommandLine } from '@fbsd/cli';
import type { Tap } from '@fbsd/fbsm';
import { UserError } from '@fbsd/trainer';

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

export const HELP = `Puts FBSM into a model that is there, fine-tunes it, and compares.

Usage: npm run insert -- [flags]

  --model FILE        model.json of a tf.LayersModel (default: a small MobileNetV2 from random weights)
  --taps LAYER:N,…    layers of the model, and the strips of each (default: ${MOBILENET_TAPS})
  --data DIR          any folder with a folder for each class, or a published data set (default: mini-CUB, drawn)
  --out DIR           keeps the three fine-tuned models, for fbsd predict --model DIR/fbsd: a new or empty folder
  --epochs N          of each of the three trainings (default: ${DEFAULTS.epochs})
  --batch-size N      images a step (default: ${DEFAULTS['batch-size']})
  --learning-rate X   of Adam (default: ${DEFAULTS['learning-rate']})
  --image-size N      pixels, where the model leaves it open (default: ${DEFAULTS['image-size']})
  --limit N           training and test images that are used (default: all)
  --seed N            decides weights, order and crops (default: ${DEFAULTS.seed})
  --backend NAME      ${BACKENDS.join(', ')} (default: ${DEFAULTS.backend})
  --help              this text
`;

const VALUES = [...Object.keys(DEFAULTS), 'model', 'taps', 'data', 'out', 'limit'];

/** What was asked for; paths are absolute, null where they are not given. */
export interface Flags {
  help: boolean;
  model: string | null;
  taps: readonly Tap[];
  data: string | null;
  out: string | null;
  epochs: number;
  batchSize: number;
  learningRate: number;
  imageSize: number;
  limit: number | null;
  seed: number;
  backend: BackendName;
}

/** Reads the flags. @throws UserError that names the flag that is wrong */
export function readFlags(args: readonly string[]): Flags {
  const { given } = parseCommandLine(args, { values: VALUES, switches: ['help'] });
  const text = { ...DEFAULTS, ...given } as Record<string, string>;
  const path = (flag: string) => (text[flag] === undefined ? null : resolve(text[flag]));
  return {
    help: given['help'] === true,
    model: path('model'),
    taps: readTaps(text['taps'] ?? (text['model'] ? MOBILENET_TAPS : SMALL_TAPS)),
    data: path('data'),
    out: path('out'),
    epochs: atLeast(1, 'epochs', text),
    batchSize: atLeast(2, 'batch-size', text),
    learningRate: positive('learning-rate', text),
    imageSize: atLeast(1, 'image-size', text),
    limit: text['limit'] === undefined ? null : atLeast(2, 'limit', text),
    seed: atLeast(0, 'seed', text),
    backend: backendOf(text['backend'] as string),
  };
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

function backendOf(text: string): BackendName {
  const backend = BACKENDS.find((name) => name === text);
  if (backend) return backend;
  throw new UserError(`[insert] --backend must be one of ${BACKENDS.join(', ')}; got '${text}'.`);
}

function atLeast(least: number, flag: string, { [flag]: text }: Record<string, string>): number {
  const value = Number(text);
  if (/^\d+$/.test(text as string) && Number.isSafeInteger(value) && value >= least) return value;
  throw new UserError(`[insert] --${flag} must be a whole number from ${least}; got '${text}'.`);
}

function positive(flag: string, { [flag]: text }: Record<string, string>): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UserError(`[insert] --${flag} must be a number above 0; got '${text}'.`);
}
