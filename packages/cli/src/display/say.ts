/** Prints a line. */
export type Say = (line: string) => void;

/** To standard output, which is what a person reads. */
export const say: Say = (line) => {
  process.stdout.write(`${line}\n`);
};

/** To standard error, where standard output is for a program to read. */
export const sayAside: Say = (line) => {
  process.stderr.write(`${line}\n`);
};
