import { parseArgs } from 'node:util';
import { UserError } from '@fbsd/trainer';

/** What was given: texts of flags that take a value, `true` for switches. */
export type Given = Record<string, string | boolean>;

export interface CommandLine {
  given: Given;
  positionals: readonly string[];
}

/** Names of a command's flags. */
export interface Names {
  values: readonly string[];
  switches: readonly string[];
  /** Whether anything may stand beside the flags. @default false */
  positionals?: boolean;
}

/** @throws Error that names what is not a flag of the command, or lacks its value */
export function parseCommandLine(args: readonly string[], names: Names): CommandLine {
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const name of names.values) options[name] = { type: 'string' };
  for (const name of names.switches) options[name] = { type: 'boolean' };
  try {
    const allowPositionals = names.positionals ?? false;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals });
    return { given: values as Given, positionals };
  } catch (error) {
    throw new UserError(
      `[fbsd] ${(error as Error).message.split('. ')[0]}. See --help for the flags.`,
    );
  }
}

/** A flag and its explanation for each line of a help text. */
export function flagLines(flags: Readonly<Record<string, string>>): string {
  return Object.entries(flags)
    .map(([flag, help]) => `  --${flag.padEnd(28)} ${help}`)
    .join('\n');
}
