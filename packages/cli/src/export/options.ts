import { STORED_WEIGHTS, UserError } from '@fbsd/trainer';
import type { Given } from '../settings/command-line.ts';
import { readValue } from '../settings/flags.ts';
import { oneOf } from '../settings/values.ts';
import type { ExportFormat, ExportOptions } from './format.ts';
import { FORMATS } from './formats.ts';
import { LAYOUTS } from './onnx.ts';
import { NAMINGS_OF_TORCH } from './safetensors.ts';

/** The flags that say what is written, with their values, the default first. */
const VALUES = {
  format: Object.keys(FORMATS),
  quantize: STORED_WEIGHTS,
  names: NAMINGS_OF_TORCH,
  layout: LAYOUTS,
} as const;
/** The names of those flags. */
export const EXPORT_FLAGS: readonly string[] = Object.keys(VALUES);
/** Flags without a value. */
export const EXPORT_SWITCHES = ['with-preprocessing', 'strips'] as const;
/** Those that only some formats heed. */
const OF_SOME = ['quantize', 'names', 'layout', ...EXPORT_SWITCHES] as const;

/** Their lines in the help text. */
export const EXPORT_FLAGS_HELP = {
  'format NAME': withChoices('what is written', VALUES.format),
  'quantize NAME': withChoices('tfjs: how kernels are stored', VALUES.quantize),
  'names NAME': withChoices(
    "safetensors: names of the backbone's weights, torchvision's or the published code's",
    VALUES.names,
  ),
  'layout NAME': withChoices('onnx: how the file takes pictures', VALUES.layout),
  'with-preprocessing': 'onnx: the file takes bytes, 0 to 255, and scales them itself',
  strips: 'onnx: one more output for each level, the probabilities of its strips',
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
  return {
    ...{ name, format, weights },
    names: choice(given, 'names', VALUES.names),
    layout: choice(given, 'layout', VALUES.layout),
    withPreprocessing: given['with-preprocessing'] === true,
    strips: given['strips'] === true,
  };
}

function choice<T extends string>(given: Given, flag: string, values: readonly T[]): T {
  const text = given[flag];
  return typeof text === 'string' ? (readValue(flag, oneOf(values), text) as T) : (values[0] as T);
}

function withChoices(meaning: string, values: readonly string[]): string {
  return `${meaning}: ${values.join(' | ')} (default ${values[0]})`;
}
