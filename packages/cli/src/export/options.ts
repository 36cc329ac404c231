import { STORED_WEIGHTS, UserError } from '@fbsd/trainer';
import type { Given } from '../settings/command-line.ts';
import { readValue } from '../settings/flags.ts';
import { oneOf } from '../settings/values.ts';
import type { ExportFormat, ExportOptions } from './format.ts';
import { FORMATS } from './formats.ts';
import { NAMINGS_OF_TORCH } from './safetensors.ts';

/** The flags that say what is written, with their values, the default first. */
const VALUES = {
  format: Object.keys(FORMATS),
  quantize: STORED_WEIGHTS,
  names: NAMINGS_OF_TORCH,
} as const;
/** Of them those that only some formats heed. */
const OF_SOME = ['quantize', 'names'] as const;

/** Their names. */
export const EXPORT_FLAGS: readonly string[] = Object.keys(VALUES);

/** Their lines in the help text. */
export const EXPORT_FLAGS_HELP = {
  'format NAME': withChoices('what is written', VALUES.format),
  'quantize NAME': withChoices('tfjs: how kernels are stored', VALUES.quantize),
  'names NAME': withChoices(
    "safetensors: names of the backbone's weights, torchvision's or the published code's",
    VALUES.names,
  ),
};

/** The formats and what they are, as lines. */
export const FORMATS_HELP = Object.entries(FORMATS)
  .map(([name, { help }]) => `  ${name.padEnd(12)} ${help}`)
  .join('\n');

/** What is to be written. */
export interface Wanted extends ExportOptions {
  /** Of the format. */
  name: string;
  format: ExportFormat;
}

/** Reads the flags. @throws UserError for a value that there is not, or a flag that means nothing for the format */
export function readWanted(given: Given): Wanted {
  const name = choice(given, 'format', VALUES.format);
  const format = FORMATS[name] as ExportFormat;
  for (const flag of OF_SOME) {
    if (!(flag in given) || format.flags.includes(flag)) continue;
    const fitting = VALUES.format.filter((other) => FORMATS[other]?.flags.includes(flag));
    throw new UserError(
      `[fbsd] --${flag} is for --format ${fitting.join(', ')}; this is ${name}. Leave it out.`,
    );
  }
  const weights = choice(given, 'quantize', VALUES.quantize);
  return { name, format, weights, names: choice(given, 'names', VALUES.names) };
}

function choice<T extends string>(given: Given, flag: string, values: readonly T[]): T {
  const text = given[flag];
  return typeof text === 'string' ? (readValue(flag, oneOf(values), text) as T) : (values[0] as T);
}

function withChoices(meaning: string, values: readonly string[]): string {
  return `${meaning}: ${values.join(' | ')} (default ${values[0]})`;
}
