import { jest } from '@jest/globals';

/** Output of commands while a test runs, kept instead of shown. */
export interface Printed {
  out: string;
  err: string;
  /** Is called with what goes to standard output. */
  onPrint: (text: string) => void;
}

/** Catches what every test of the file, and what comes before the first, writes to standard output and standard error. */
export function catchPrinted(): Printed {
  const printed: Printed = { out: '', err: '', onPrint: () => {} };
  const listen = () => {
    Object.assign(printed, { out: '', err: '', onPrint: () => {} });
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.out += text;
      printed.onPrint(String(text));
      return true;
    });
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      printed.err += text;
      return true;
    });
  };
  beforeAll(listen);
  beforeEach(listen);
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return printed;
}
