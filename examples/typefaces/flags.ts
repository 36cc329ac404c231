import { resolve } from 'node:path';
import { parseCommandLine } from '@fbsd/cli';
import type { MiniSettings } from '@fbsd/datasets';
import { UserError } from '@fbsd/trainer';

/** What is drawn where nothing is given: minutes of training on two CPUs. */
const DEFAULTS = { seed: 1, trainPerClass: 30, testPerClass: 10, imageSize: 160 };

/** The settings of the pictures by their flags. */
const DRAWING = {
  'picture-seed': 'seed',
  'train-per-class': 'trainPerClass',
  'test-per-class': 'testPerClass',
  'picture-size': 'imageSize',
} as const satisfies Record<string, keyof MiniSettings>;

/** The settings of training where nothing is given: the small network, as on the drawn data sets; letters are not mirrored. */
const TRAINING = {
  arch: 'mini',
  'image-size': '96',
  'batch-size': '16',
  epochs: '20',
  'learning-rate': '0.008',
  'pretrained-learning-rate': '0.008',
  'warmup-steps': '40',
  hflip: '0',
} as const;

export const HELP = `Draws words in sans-serif faces that are much alike, and trains FBSD to tell the faces apart.

Usage: npm run typefaces -- [flags]

  --data DIR            folder of the pictures (default: data/typefaces): what was drawn so before is used again
  --train-per-class N   pictures to train on of each face (default: ${DEFAULTS.trainPerClass})
  --test-per-class N    pictures to test on (default: ${DEFAULTS.testPerClass})
  --picture-size N      their side in pixels (default: ${DEFAULTS.imageSize})
  --picture-seed N      decides words, sizes, weights, colours and places (default: ${DEFAULTS.seed})
  --draw-only           draws them and stops
  --help                this text

All other flags are those of fbsd train (npm run fbsd -- train --help). Not given, they are
${Object.entries(TRAINING)
  .map(([flag, value]) => `--${flag} ${value}`)
  .join(' ')
  .replace(/(.{60,}?) --/, '$1\n--')}, and otherwise as there.
`;

/** What was asked for. */
export interface Flags {
  help: boolean;
  drawOnly: boolean;
  /** Absolute. */
  data: string;
  drawing: MiniSettings;
  /** The arguments of `fbsd train`. */
  training: readonly string[];
}

/** Reads the flags. @throws UserError that names the flag that is wrong */
export function readFlags(args: readonly string[]): Flags {
  const [own, others] = divide(args);
  const { given } = parseCommandLine(own, {
    values: ['data', ...Object.keys(DRAWING)],
    switches: ['draw-only', 'help'],
  });
  const data = resolve(String(given['data'] ?? 'data/typefaces'));
  const drawing = Object.fromEntries(
    Object.entries(DRAWING).map(([flag, key]) => [
      key,
      given[flag] === undefined ? DEFAULTS[key] : wholeNumber(flag, String(given[flag])),
    ]),
  ) as unknown as MiniSettings;
  // A run that goes on keeps its settings.
  const defaults = others.includes('--resume')
    ? []
    : Object.entries(TRAINING).map(([flag, value]) => `--${flag}=${value}`);
  return {
    help: given['help'] === true,
    drawOnly: given['draw-only'] === true,
    data,
    drawing,
    training: ['--dataset', 'folder', '--data', data, ...defaults, ...others],
  };
}

/** The arguments that are of this program, with their values, and the others. */
function divide(args: readonly string[]): [own: string[], others: string[]] {
  const [own, others]: [string[], string[]] = [[], []];
  const names = ['data', 'draw-only', 'help', ...Object.keys(DRAWING)];
  let to = others;
  for (const word of args) {
    if (word.startsWith('-')) {
      const name = word.replace(/^--/, '').replace(/=.*/s, '');
      to = names.includes(name) || word === '-h' ? own : others;
    }
    to.push(word);
  }
  return [own, others];
}

function wholeNumber(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UserError(`[typefaces] --${flag} must be a whole number; got '${text}'.`);
}
