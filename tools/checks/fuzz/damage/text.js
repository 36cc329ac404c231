import { damaged } from '@fbsd/testing';
import { oneOf } from '../reader.js';

/** Words that readers of text have stumbled over. */
export const WORDS = [
  ...words(
    ' - -1 -0 0 1 2 1.5 1e999 -1e308 NaN Infinity 0x10 007 2147483648 4294967296 9007199254740993',
  ),
  ...words(
    'true null {} [] . .. / // ./ ../outside/a.jpg ..\\outside\\a.jpg x/../../outside/a.jpg',
  ),
  ...words(
    '../../../../outside/a.jpg /etc/passwd /dev/zero C:\\a.jpg C:a.jpg \\\\server\\a.jpg a\0b \0',
  ),
  ...words('CON %00 __proto__ constructor toString hasOwnProperty length $& (a+)+$ 💥 é e\u0301'),
  ...words('\u202e \x1b[31m \r \u2028 \uFEFF \uD800'),
  ...[' ', '\t', '1'.repeat(400), 'a'.repeat(100_000)],
];

/** @param {string} text */
function words(text) {
  return text.split(' ');
}

/**
 * A text with lines or fields lost, repeated, exchanged or replaced, or its bytes damaged.
 *
 * @param {Uint8Array} file
 * @param {import('../reader.js').Draw} draw
 * @returns {Uint8Array}
 */
export function damagedText(file, draw) {
  if (draw(5) === 0) return file.length > 0 ? damaged(file, draw) : file;
  const lines = new TextDecoder().decode(file).split('\n');
  const at = draw(lines.length);
  const line = /** @type {string} */ (lines[at]);
  switch (draw(12)) {
    case 0: // a line is missing
      lines.splice(at, 1);
      break;
    case 1: // a line twice
      lines.splice(draw(lines.length), 0, line);
      break;
    case 2: // a line at another place
      lines.splice(draw(lines.length), 0, ...lines.splice(at, 1));
      break;
    case 3: // two lines in one
      lines.splice(at, 2, `${line}${lines[at + 1] ?? ''}`);
      break;
    case 4: // a line in two
      lines.splice(at, 1, line.slice(0, draw(line.length + 1)), line.slice(draw(line.length + 1)));
      break;
    case 5: // all of it many times
      return Buffer.from(oneOf(['\n', ''], draw) + `${lines.join('\n')}\n`.repeat(2 + draw(100)));
    case 6: // other ends of lines
      return Buffer.from(lines.join(oneOf(['\r\n', '\r', '\n\n', ' \n', '\0', '\u2028'], draw)));
    case 7: // begins or ends with something else
      return Buffer.from(
        draw(2) ? oneOf(WORDS, draw) + lines.join('\n') : lines.join('\n') + oneOf(WORDS, draw),
      );
    case 8: // nothing, or next to nothing
      return Buffer.from(oneOf(WORDS, draw));
    default:
      lines[at] = damagedFields(line, draw);
  }
  return Buffer.from(lines.join('\n'));
}

/**
 * A line with fields lost, repeated, exchanged, replaced or changed inside.
 *
 * @param {string} line
 * @param {import('../reader.js').Draw} draw
 */
function damagedFields(line, draw) {
  const fields = line.split(' ');
  const [at, other] = [draw(fields.length), draw(fields.length)];
  const field = /** @type {string} */ (fields[at]);
  switch (draw(6)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      fields.splice(at, 0, field);
      break;
    case 2:
      [fields[at], fields[other]] = [/** @type {string} */ (fields[other]), field];
      break;
    case 3: // a piece of a path, or a digit
      fields[at] = field.replace(/[^/]+(?=\/)|\d+/, () => oneOf(WORDS, draw));
      break;
    case 4:
      fields[at] = oneOf(['../', '/', './', '-', '\\', '..\\', '1'], draw) + field;
      break;
    default:
      fields[at] = oneOf(WORDS, draw);
  }
  return fields.join(' ');
}
