import { UserError } from '@fbsd/trainer';
import { parseCommandLine } from '../settings/command-line.ts';
import { FLAGS, flagOf, readValue, SWITCHES } from '../settings/flags.ts';
import type { Settings } from '../settings/settings.ts';
import { ABOVE_0 } from '../settings/values.ts';

/** What is compared with others. */
export interface Variant {
  name: string;
  /** Of its runs, one for each seed, below that of the ablation. */
  folder: string;
  /** Of `fbsd train`, beside those that all variants share. */
  flags: readonly string[];
}

/** Variants, and those of them that the others are compared with. */
export interface Variants {
  variants: readonly Variant[];
  references: readonly string[];
  /** What is to be known of them beside their names. */
  note?: string;
}

/** The flag for the plain network's learning rates. */
export const PLAIN_FACTOR = 'plain-learning-rate-factor';
/** Its meaning, for help texts. */
export const PLAIN_FACTOR_HELP = {
  [`${PLAIN_FACTOR} X`]:
    'factor of the plain network’s learning rates: it has one loss, of the weight 1, the others four, of 7 together (default 1)',
};

const PLAIN = 'plain';
const PLAIN_HEAD = 'plain+head';

/** The plain network, with FBSD's head of three levels, and that with one of its modules and with both. */
const NETWORKS: readonly Variant[] = [
  { name: PLAIN, folder: 'plain', flags: ['--head', 'linear'] },
  {
    name: PLAIN_HEAD,
    folder: 'plain-head',
    flags: ['--alpha', '0', '--beta', '0', '--gamma', '0'],
  },
  { name: '+FBSM', folder: 'fbsm', flags: ['--gamma', '0'] },
  { name: '+FDM', folder: 'fdm', flags: ['--alpha', '0', '--beta', '0'] },
  { name: 'FBSD', folder: 'fbsd', flags: [] },
];

/** What makes the networks differ. */
export const OF_NETWORKS: readonly string[] = ['head', 'alpha', 'beta', 'gamma'];

/** What a variant cannot have for itself: runs are paired by it. */
const OF_PAIRS: readonly string[] = ['seed', 'dataset', 'data'];

/**
 * The variants that words name, each with the flags of one, as `--recipe modern`; without any the networks.
 *
 * @throws UserError for what is no flag of a variant, and for fewer than two variants or the same one twice
 */
export function variantsOf(words: readonly string[]): Variants {
  if (words.length === 0) return { variants: NETWORKS, references: [PLAIN, PLAIN_HEAD] };
  const variants = words.map((word): Variant => {
    const flags = word.split(/\s+/).filter((part) => part !== '');
    parseCommandLine(flags, {
      values: [...Object.keys(FLAGS), 'recipe'].filter((name) => !OF_PAIRS.includes(name)),
      switches: Object.keys(SWITCHES),
    });
    const name = flags.join(' ').replace(/(^| )--/g, '$1') || 'as given';
    return { name, folder: name.replace(/[^\w.]+/g, '-'), flags };
  });
  const folders = new Set(variants.map(({ folder }) => folder));
  if (variants.length < 2 || folders.size < variants.length) {
    throw new UserError(
      `[fbsd] ablate: expected two or more variants that differ; got ${words.map((word) => `'${word}'`).join(' ')}. Give the flags of each, as in: -- '--recipe cosine' '--recipe modern'`,
    );
  }
  return { variants, references: [variants[0]?.name as string] };
}

/**
 * The networks, with other learning rates for the plain one.
 *
 * @param factor the value of its flag
 * @param rates of the others
 * @throws UserError for what is no factor, or where other variants are compared than the networks
 */
export function withPlainFactor(
  { variants, references }: Variants,
  factor: string,
  rates: Pick<Settings, 'newLearningRate' | 'pretrainedLearningRate'>,
): Variants {
  const by = readValue(PLAIN_FACTOR, ABOVE_0, factor);
  if (variants !== NETWORKS) {
    throw new UserError(
      `[fbsd] ablate: --${PLAIN_FACTOR} is for the plain network, which is not among the variants after --. Give each of them its own --learning-rate.`,
    );
  }
  const own = (['newLearningRate', 'pretrainedLearningRate'] as const).flatMap((key) => [
    flagOf(key),
    String(Number((by * rates[key]).toPrecision(12))), // 3 × 0.1 is 0.3
  ]);
  return {
    variants: variants.map((each) =>
      each.name === PLAIN ? { ...each, flags: [...each.flags, ...own] } : each,
    ),
    references,
    note: `The learning rates of the plain network are ${by} times those of the others.`,
  };
}
