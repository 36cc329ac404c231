#!/usr/bin/env node
import { ablate } from './ablate.ts';
import { evaluate } from './evaluate.ts';
import { inspect } from './inspect.ts';
import { predict } from './predict.ts';
import { train } from './train.ts';

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

fbsd <command> --help says more.
`;

const [name, ...rest] = process.argv.slice(2);
try {
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(HELP);
  } else {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) {
      throw new Error(
        `[fbsd] there is no command '${name}'. Commands: ${Object.keys(COMMANDS).join(', ')}. See fbsd --help.`,
      );
    }
    process.exitCode = await command(rest);
  }
} catch (error) {
  // Messages of ours begin with where they come from and are complete; others need their stack.
  const { message, stack } = error as Error;
  process.stderr.write(`${message?.startsWith('[') ? message : stack}\n`);
  process.exitCode = 1;
}
