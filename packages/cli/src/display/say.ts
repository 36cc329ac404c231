import { escapeControls } from './printable.ts';

/** Prints a line. */
export type Say = (line: string) => void;

/** Prints a line to standard output, for people. Of what it holds nothing reaches the terminal but text. */
export const say: Say = (line) => {
  process.stdout.write(`${escapeControls(line)}\n`);
};

/** Prints a line to standard error, where standard output is for a program to read. */
export const sayAside: Say = (line) => {
  process.stderr.write(`${escapeControls(line)}\n`);
};

/** Prints a warning to standard error. */
export const warnAside: Say = (message) => {
  sayAside(`warning  ${message.replace(/^\[fbsd\] /, '')}`);
};
