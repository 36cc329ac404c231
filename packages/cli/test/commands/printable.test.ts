import { UserError } from '@fbsd/trainer';
import { printError } from '../../src/display/print-error.ts';
import { escapeControls, printable } from '../../src/display/printable.ts';
import { say, sayAside } from '../../src/display/say.ts';
import { StatusLine } from '../../src/display/status-line.ts';
import { catchPrinted } from '../support/printed.ts';

const printed = catchPrinted();

/** Clears the screen, rings, goes back to the line's begin, begins another, C1's CSI, turns text round. */
const EVIL = 'a\x1b[2Jb\x07c\rd\ne\x9b31mf\u202eg\u2066h\x7fi\u2028j';
const HARMLESS = 'a\\u001b[2Jb\\u0007c\\u000dd\\u000ae\\u009b31mf\\u202eg\\u2066h\\u007fi\\u2028j';

test('names keep their letters, and are quoted where a terminal would obey them', () => {
  for (const name of ['Häher & Elster.jpg', 'シジュウカラ', 'طائر', '👩‍🚀', "it's", 'a"b']) {
    expect(printable(name)).toBe(name);
  }
  expect(printable('a\x1b[2J"b')).toBe('"a\\u001b[2J\\"b"');
  expect(JSON.parse(printable(EVIL))).toBe(EVIL);
});

test('JSON with escapes is the same JSON', () => {
  const json = escapeControls(JSON.stringify({ [EVIL]: EVIL }));
  expect(JSON.parse(json)).toEqual({ [EVIL]: EVIL });
  expect(json).toMatch(/^[\x20-\x7e]*$/);
});

test('a line that is said is one line of text, whatever names it holds', () => {
  say(EVIL);
  expect(printed.out).toBe(`${HARMLESS}\n`);
  sayAside(EVIL);
  expect(printed.err).toBe(`${HARMLESS}\n`);
});

test('so are errors, but for the ends of their lines, and what stands beside a bar', () => {
  printError(new UserError(EVIL));
  expect(printed.err).toBe(`${HARMLESS.replace('\\u000a', '\n')}\n`);
  const status = new StatusLine();
  status.say(EVIL);
  expect(printed.out).toBe(`${HARMLESS}\n`);
});
