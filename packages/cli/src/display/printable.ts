/**
 * What a terminal does not show but obeys: control characters, escape sequences with them, ends of lines, and
 * marks that turn the direction of text round.
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** A name out of a file or of a file as it may be shown: as it is where that is harmless, else quoted, with escapes. */
export function printable(name: string): string {
  OBEYED.lastIndex = 0;
  return OBEYED.test(name) ? escapeControls(JSON.stringify(name)) : name;
}

/** A text with escapes, as of JSON, for all that a terminal obeys. JSON stays the same JSON. */
export function escapeControls(text: string): string {
  return text.replace(
    OBEYED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same for a text of several lines. */
export function escapeControlsOfLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n');
}
