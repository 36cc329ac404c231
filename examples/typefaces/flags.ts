import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { looksLikeFlag, parseCommandLine } from '@fbsd/cli';
import type { MiniSettings } from '@fbsd/datasets';
import { UserError } from '@fbsd/trainer';
import { PICTURES_VERSION } from './dataset.ts';
import { FAMILY_SETS, type FamilySet } from './family-sets.ts';

/** What is drawn where nothing is given: minutes of training on two CPUs. */
const DEFAULTS = { seed: 1, trainPerClass: 60, testPerClass: 10, imageSize: 160 };

/** The settings of the pictures by their flags. */
const DRAWING = {
  'picture-seed': 'seed',
  'train-per-class': 'trainPerClass',
  'test-per-class': 'testPerClass',
  'picture-size': 'imageSize',
} as const satisfies Record<string, keyof MiniSettings>;

/** With one of these, weights come from elsewhere. */
const OTHER_WEIGHTS = ['pretrained', 'init-from', 'from', 'resume'];

/** What says on which machine, and how, training computes. */
const MACHINE = ['backend', 'precision'];

/**
 * The settings of training where nothing is given: the small network, as on the drawn data sets, by AdamW, which learns these faces
 * in fewer epochs than SGD; letters are not mirrored.
 */
const TRAINING = {
  arch: 'mini',
  'image-size': '96',
  'batch-size': '16',
  epochs: '12',
  optimizer: 'adamw',
  'learning-rate': '0.001',
  'pretrained-learning-rate': '0.001',
  'warmup-steps': '40',
  hflip: '0',
} as const;

/** How the network that training begins with is trained, whatever comes after it. */
export const PLAIN = ['--head', 'linear', '--seed', '1'] as const;

/** Tells networks apart that were made by other settings, or of other pictures. */
const made = createHash('sha256')
  .update(JSON.stringify([PICTURES_VERSION, DEFAULTS, TRAINING, PLAIN]))
  .digest('hex');

/** Where the network is kept that training begins with. */
export const START = `data/typefaces-start/${made.slice(0, 8)}`;

export const HELP = `Draws words in sans-serif faces that are much alike, and trains FBSD to tell the faces apart.

Usage: npm run typefaces -- [flags]

  --families NAME       sans: 64 that are much alike | mixed: 64 others, easy to tell apart, to begin with (default: sans)
  --data DIR            folder of the pictures (default: data/typefaces, of mixed data/typefaces-mixed): what was
                        drawn so before is used again
  --train-per-class N   pictures to train on of each face (default: ${DEFAULTS.trainPerClass})
  --test-per-class N    pictures to test on (default: ${DEFAULTS.testPerClass})
  --picture-size N      their side in pixels (default: ${DEFAULTS.imageSize})
  --picture-seed N      decides words, sizes, weights, colours and places (default: ${DEFAULTS.seed})
  --draw-only           draws them and stops
  --from-scratch        begins with random weights, from which sans takes far longer
  --help                this text

Training on sans begins with a plain network that has learned mixed. The first time that one is trained, which takes
minutes, into data/typefaces-start; after Ctrl-C meanwhile the same command goes on. Other weights: --pretrained, --init-from. With an --arch that is not mini it begins with random ones.

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
  set: FamilySet;
  /** Absolute. */
  data: string;
  drawing: MiniSettings;
  /** Training begins with a network that has learned the mixed families. */
  fromMixed: boolean;
  /** Those of the arguments that say what computes. */
  machine: readonly string[];
  /** The arguments of `fbsd train`. */
  training: readonly string[];
}

/** Reads the flags. @throws UserError that names the flag that is wrong */
export function readFlags(args: readonly string[]): Flags {
  const [own, others] = divide(args);
  const { given } = parseCommandLine(own, {
    values: ['data', 'families', ...Object.keys(DRAWING)],
    switches: ['draw-only', 'from-scratch', 'help'],
  });
  const set = familySet(String(given['families'] ?? 'sans'));
  const data = resolve(String(given['data'] ?? `data/${FAMILY_SETS[set].name}`));
  const drawing = Object.fromEntries(
    Object.entries(DRAWING).map(([flag, key]) => [
      key,
      given[flag] === undefined ? DEFAULTS[key] : wholeNumber(flag, String(given[flag])),
    ]),
  ) as unknown as MiniSettings;
  const value = (name: string) => lastValue(others, name);
  // A run that goes on keeps its settings.
  const defaults = others.includes('--resume')
    ? []
    : Object.entries(TRAINING).map(([flag, value]) => `--${flag}=${value}`);
  return {
    help: given['help'] === true,
    drawOnly: given['draw-only'] === true,
    set,
    data,
    fromMixed:
      set === 'sans' &&
      given['from-scratch'] !== true &&
      (value('arch') ?? TRAINING.arch) === TRAINING.arch &&
      OTHER_WEIGHTS.every((name) => value(name) === undefined),
    machine: [
      ...MACHINE.flatMap((name) => {
        const given = value(name);
        return given === undefined ? [] : [`--${name}=${given}`];
      }),
      ...others.filter((word) => word === '--allow-software'),
    ],
    drawing,
    training: ['--dataset', 'folder', '--data', data, ...defaults, ...others],
  };
}

/** The arguments that are of this program, with their values, and the others. */
function divide(args: readonly string[]): [own: string[], others: string[]] {
  const [own, others]: [string[], string[]] = [[], []];
  const names = ['data', 'families', 'draw-only', 'from-scratch', 'help', ...Object.keys(DRAWING)];
  let to = others;
  for (const word of args) {
    if (looksLikeFlag(word)) {
      const name = word.replace(/^--/, '').replace(/=.*/s, '');
      to = names.includes(name) || word === '-h' ? own : others;
    }
    to.push(word);
  }
  return [own, others];
}

/** The value of a flag, '' where it has none, undefined where the flag is not given. */
function lastValue(args: readonly string[], name: string): string | undefined {
  const at = args.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  if (at < 0) return undefined;
  const [, value] = /=(.*)/s.exec(args[at] as string) ?? [];
  return value ?? args[at + 1] ?? '';
}

function wholeNumber(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UserError(`[typefaces] --${flag} must be a whole number; got '${text}'.`);
}

function familySet(text: string): FamilySet {
  if (Object.hasOwn(FAMILY_SETS, text)) return text as FamilySet;
  throw new UserError(
    `[typefaces] --families must be ${Object.keys(FAMILY_SETS).join(' or ')}; got '${text}'.`,
  );
}
