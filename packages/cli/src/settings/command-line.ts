import { parseArgs } from 'node:util';
import { UserError } from '@fbsd/trainer';

/** The flags that were given, by name: texts of flags that take a value, `true` for switches. */
export type Given = Record<string, string | boolean>;

/** The arguments of a command. */
export interface CommandLine {
  given: Given;
  positionals: readonly string[];
}

/** Names of a command's flags. */
export interface Names {
  values: readonly string[];
  switches: readonly string[];
  /** Allows words beside the flags. @default false */
  positionals?: boolean;
}

/** Reads the arguments of a command. @throws UserError that names what is no flag of the command, or lacks its value */
export function parseCommandLine(args: readonly string[], names: Names): CommandLine {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const name of names.values) options[name] = { type: 'string' };
  for (const name of names.switches) options[name] = { type: 'boolean' };
  if (options['help']) options['help'].short = 'h';
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
