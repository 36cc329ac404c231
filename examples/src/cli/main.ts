#!/usr/bin/env node
import { HELP, train } from './train.ts';

const [command, ...rest] = process.argv.slice(2);
try {
  if (command === undefined || command === '--help' || command === 'help') {
    process.stdout.write(HELP);
  } else if (command === 'train') {
    process.exitCode = await train(rest);
  } else {
    throw new Error(`[fbsd] there is no command '${command}'. Commands: train. See fbsd --help.`);
  }
} catch (error) {
  // Messages of ours begin with where they come from and are complete; others need their stack.
  const { message, stack } = error as Error;
  process.stderr.write(`${message?.startsWith('[') ? message : stack}\n`);
  process.exitCode = 1;
}
