import type { Font } from 'fontkit';

/** A word as the outlines of its letters. */
export interface Outline {
  /** SVG path data; the baseline begins at the origin. */
  path: string;
  /** The width of the word in the same units. */
  width: number;
}

/**
 * The outlines of a word, spaced as the font says.
 *
 * @param xHeight height of its small letters, by which fonts of all proportions come out equally large
 */
export function outlineOf(font: Font, word: string, xHeight: number): Outline {
  const scale = xHeight / font.xHeight;
  const { glyphs, positions } = font.layout(word);
  let width = 0;
  const letters = glyphs.map(({ path }, i) => {
    const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[i] ?? {};
    const at = width + xOffset;
    width += xAdvance;
    return path.translate(at, yOffset).scale(scale, -scale).toSVG(); // fonts count upwards, SVG downwards
  });
  return { path: letters.join(''), width: width * scale };
}
