import { readFileSync } from 'node:fs';
import { UserError } from '@fbsd/trainer';
import { ablate } from './commands/ablate.ts';
import { evaluate } from './commands/evaluate.ts';
import { exportModel } from './commands/export.ts';
import { inspect } from './commands/inspect.ts';
import { predict } from './commands/predict.ts';
import { train } from './commands/train.ts';
import { printError } from './display/print-error.ts';
import { processes } from './parallel/processes.ts';
import { together } from './parallel/together.ts';
import { inFlags } from './settings/in-flags.ts';
import { nearest } from './settings/nearest.ts';

/** Each takes its arguments and returns the exit code. */
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  train,
  evaluate,
  predict,
  inspect,
  export: exportModel,
  ablate,
};

const HELP_FLAGS: readonly string[] = ['--help', '-h'];
const VERSION_FLAGS: readonly string[] = ['--version', '-v'];

const HELP = `FBSD: feature boosting, suppression and diversification for fine-grained recognition.

Usage: fbsd <command> [flags]

  train      trains a model
  evaluate   tests a model: accuracy of each head and class, confusion
  predict    says what pictures show
  inspect    shows what each level of a model boosted and suppressed in pictures
  export     writes a model to be used elsewhere: small for pages, or for PyTorch
  ablate     trains networks without, with one and with both modules, over several seeds, and compares

fbsd <command> --help, or -h, says more; fbsd --version, or -v, says which version this is.
`;

/**
 * Runs a command as `fbsd` does, and prints what goes wrong.
 *
 * @param args the command and its flags, as `['train', '--data', 'photos']`
 * @returns the exit code
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    const [name, ...rest] = args[0] === 'help' ? [...args.slice(1), '--help'] : args;
    if (name === undefined || HELP_FLAGS.includes(name)) {
      process.stdout.write(HELP);
      return 0;
    }
    if (name === 'version' || args.some((word) => VERSION_FLAGS.includes(word))) {
      process.stdout.write(`${version()}\n`);
      return 0;
    }
    const command = commandOf(name);
    // Asked for help, a command says how it is used, whatever else is wrong.
    const words = rest.some((word) => HELP_FLAGS.includes(word)) ? ['--help'] : rest;
    return await together(name, () => command(words));
  } catch (error) {
    printError(inWordsOfFlags(error), processes()?.rank);
    processes()?.abort(1);
    return 1;
  }
}

function commandOf(name: string): (args: readonly string[]) => Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command;
  const names = Object.keys(COMMANDS);
  if (name.startsWith('-')) {
    throw new UserError(
      `[fbsd] ${name} comes before the command. Write fbsd COMMAND ${name}; commands: ${names.join(', ')}. See fbsd --help.`,
    );
  }
  const meant = nearest(name, names);
  throw new UserError(
    `[fbsd] there is no command '${name}'.${meant ? ` Did you mean ${meant}?` : ''} Commands: ${names.join(', ')}. See fbsd --help.`,
  );
}

/** A message for people with the options of libraries as flags. */
function inWordsOfFlags(error: unknown): unknown {
  if (!(error instanceof UserError)) return error;
  return new UserError(inFlags(error.message), { cause: error });
}

/** Of this package. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
