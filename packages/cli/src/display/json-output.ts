import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { requireWritable } from '../run/writable-directory.ts';
import { isNpmRun } from '../settings/program-name.ts';
import { escapeControlsOfLines } from './printable.ts';
import { type Say, say, sayAside } from './say.ts';

/** The meaning of --json, for help texts. */
export const JSON_HELP = {
  'json [FILE]':
    'as JSON, into a file that is named ….json, or alone on standard output (with npm: npm run --silent fbsd -- …)',
};

/** Where the result of a command goes for programs to read. */
export class JsonOutput {
  /** The file, or null for standard output, or undefined where no JSON was asked for. */
  private readonly file: string | null | undefined;

  private constructor(file: string | null | undefined) {
    this.file = file;
  }

  /** Reads the flag --json. @throws UserError when its file cannot be written */
  static async of(flag: string | boolean | undefined): Promise<JsonOutput> {
    if (typeof flag !== 'string') return new JsonOutput(flag === true ? null : undefined);
    const file = resolve(flag);
    try {
      await requireWritable(dirname(file));
      if ((await stat(file).catch(() => undefined))?.isDirectory())
        throw new Error('it is a folder');
    } catch (error) {
      throw new UserError(
        `[fbsd] --json: cannot write ${file}: ${(error as Error).message}. Name another file.`,
        { cause: error },
      );
    }
    return new JsonOutput(file);
  }

  /** True if standard output is for JSON alone. */
  get alone(): boolean {
    return this.file === null;
  }

  /** Prints what is for people, beside the JSON where that has standard output for itself. */
  get say(): Say {
    return this.alone ? sayAside : say;
  }

  /** Writes the result, if JSON was asked for. */
  async write(result: unknown): Promise<void> {
    if (this.file === undefined) return;
    const text = `${JSON.stringify(result, null, 2)}\n`;
    if (this.file === null) {
      process.stdout.write(escapeControlsOfLines(text));
      if (npmPrintsBanner()) {
        sayAside('npm prints lines of its own before the JSON: npm run --silent …, or --json FILE');
      }
      return;
    }
    await mkdir(dirname(this.file), { recursive: true });
    await writeFile(this.file, text, { flush: true });
    say(`json     ${this.file}`);
  }
}

/** True where `npm run` has written which script it runs to a standard output that a program reads. */
function npmPrintsBanner({ env, stdout } = process): boolean {
  return isNpmRun(env) && env['npm_config_loglevel'] !== 'silent' && !stdout.isTTY;
}
