import { readFileSync } from 'node:fs';
import { UserError } from '@fbsd/trainer';
import { ablate } from './commands/ablate.ts';
import { evaluate } from './commands/evaluate.ts';
import { inspect } from './commands/inspect.ts';
import { predict } from './commands/predict.ts';
import { train } from './commands/train.ts';
import { printError } from './display/print-error.ts';

/** Each takes its arguments and returns the exit code. */
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  train,
  evaluate,
  predict,
  inspect,
  ablate,
};

const HELP = `FBSD: feature boosting, suppression and diversification for fine-grained recognition.

Usage: fbsd <command> [flags]

  train      trains a model
  evaluate   tests a model: accuracy of each head and class, confusion
  predict    says what pictures show
  inspect    shows what each level of a model boosted and suppressed in pictures
  ablate     trains the network without, with one and with both of its modules, and compares

fbsd <command> --help says more; fbsd --version says which version this is.
`;

/**
 * Runs a command as `fbsd` does, and prints what goes wrong.
 *
 * @param args the command and its flags, as `['train', '--data', 'photos']`
 * @returns the exit code
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || ['help', '--help', '-h'].includes(name)) {
      process.stdout.write(HELP);
      return 0;
    }
    if (['version', '--version', '-v'].includes(name)) {
      process.stdout.write(`${version()}\n`);
      return 0;
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) {
      throw new UserError(
        `[fbsd] there is no command '${name}'. Commands: ${Object.keys(COMMANDS).join(', ')}. See fbsd --help.`,
      );
    }
    return await command(rest);
  } catch (error) {
    printError(error);
    return 1;
  }
}

/** Of this package. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
