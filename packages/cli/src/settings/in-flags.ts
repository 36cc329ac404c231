import { FLAGS, SWITCHES } from './flags.ts';

/** Flags by the names that libraries have for them. */
const FLAG_OF: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({ ...FLAGS, ...SWITCHES }).map(([flag, { key }]) => [key, flag]),
);

/** Names of one plain word, as `precision`, mean the same to a person, unless they stand with a value. */
const [plain, compound] = [false, true].map((wanted) =>
  Object.keys(FLAG_OF).filter((key) => /[A-Z]/.test(key) === wanted),
) as [string[], string[]];

/**
 * An option in a sentence: `skipCorrupt`, `{ allowSoftware: true }`, `imageSize=65`, `precision: 'float32'`; in no path
 * and no name in quotes.
 */
const OPTION = new RegExp(
  `(?<![\\w/\\\\.'"-])(?:\\{ *)?(?:(${compound.join('|')})(?:(?:: |=)'?(\\w+(?:\\.\\w+)*)'?)?|(${plain.join('|')}): '(\\w+(?:\\.\\w+)*)')(?: *\\})?(?![\\w/\\\\'"-]|\\.\\w)`,
  'g',
);

/**
 * A library's message in the words of the command line, with its options as the flags that set them:
 * `--skip-corrupt` for `skipCorrupt: true`, `--image-size 65` for `imageSize=65`.
 */
export function inFlags(message: string): string {
  return message.replace(OPTION, (_, ...groups: (string | undefined)[]) => {
    const [name = groups[2] as string, value = groups[3]] = groups;
    const flag = `--${FLAG_OF[name]}`;
    return value === undefined || value === 'true' ? flag : `${flag} ${value}`;
  });
}
