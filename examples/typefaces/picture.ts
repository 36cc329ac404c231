import type { Font } from 'fontkit';
import sharp from 'sharp';
import { colour, drawBackground } from './background.ts';
import { outlineOf } from './outline.ts';
import { type Dice, dice } from './random.ts';
import { TEST_WORDS, TRAIN_WORDS } from './words.ts';

/** Which picture it is: its random choices depend on these numbers alone. */
export interface PictureKey {
  seed: number;
  /** Number of the family. */
  label: number;
  /** Number of the picture within its part of the family. */
  number: number;
  isTraining: boolean;
}

/** A picture before it is rendered, and what becomes of it then. */
export interface WordPicture {
  words: readonly [string, string];
  svg: string;
  /** Standard deviation of the blur in pixels, or null. */
  blur: number | null;
  /** Of the JPEG file. */
  quality: number;
}

/** The side in pixels for which lengths are meant; others are scaled. */
const UNIT = 160;
/** Less than this sharp does not blur. */
const LEAST_BLUR = 0.3;
/** The part of the width that the longer word may take. */
const WIDEST = 0.84;

/**
 * Two words in one of a family's weights, one below the other: size, weight, place, turn, colours and background tell
 * nothing about the family.
 *
 * @param fonts the family's weights
 * @param size side of the square picture in pixels
 */
export function drawPicture(fonts: readonly Font[], key: PictureKey, size: number): WordPicture {
  const d = dice(key.seed, key.label, key.isTraining ? 0 : 1, key.number);
  const font = d.pick(fonts as readonly [Font, ...Font[]]);
  const vocabulary = key.isTraining ? TRAIN_WORDS : TEST_WORDS;
  const words = [capitalised(d, d.pick(vocabulary)), capitalised(d, d.pick(vocabulary))] as const;
  const dark = d.chance(0.6);
  const background = drawBackground(d, UNIT, dark ? d.range(72, 93) : d.range(12, 32));
  const ink = colour(d.range(0, 360), d.range(0, 70), dark ? d.range(5, 30) : d.range(78, 97));
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${UNIT} ${UNIT}">`,
    background,
    `<g fill="${ink}">${drawLines(d, font, words)}</g></svg>`,
  ].join('');
  const blur = d.chance(0.5) ? (d.range(0.4, 1.1) * size) / UNIT : 0;
  const quality = Math.round(d.range(45, 95));
  return { words, svg, blur: blur < LEAST_BLUR ? null : blur, quality };
}

/** Renders it as a JPEG file. */
export async function renderPicture({ svg, blur, quality }: WordPicture): Promise<Buffer> {
  const picture = sharp(Buffer.from(svg)).flatten();
  return (blur === null ? picture : picture.blur(blur)).jpeg({ quality }).toBuffer();
}

/** Both words around the middle of the picture, each as far to the side as it likes and has room. */
function drawLines(d: Dice, font: Font, words: readonly [string, string]): string {
  const wished = words.map((word) => outlineOf(font, word, d.range(0.165, 0.205) * UNIT));
  const widest = Math.max(...wished.map(({ width }) => width));
  const scale = Math.min(1, (WIDEST * UNIT) / widest);
  const turn = `rotate(${d.range(-9, 9).toFixed(2)} ${UNIT / 2} ${UNIT / 2})`;
  const baselines = [0.41 + d.range(-0.03, 0.02), 0.77 + d.range(-0.02, 0.03)];
  const lines = wished.map(({ path, width }, i) => {
    const room = (UNIT * WIDEST - width * scale) / 2;
    const x = (UNIT - width * scale) / 2 + d.range(-room, room);
    const y = (baselines[i] as number) * UNIT;
    return `<path transform="translate(${x.toFixed(2)} ${y.toFixed(2)})scale(${scale.toFixed(4)})" d="${path}"/>`;
  });
  return `<g transform="${turn}">${lines.join('')}</g>`;
}

/** Half of the words begin with a capital, some have nothing else. */
function capitalised(d: Dice, word: string): string {
  const how = d.pick(['small', 'small', 'small', 'first', 'first', 'first', 'first', 'all']);
  if (how === 'small') return word;
  return how === 'all' ? word.toUpperCase() : word.slice(0, 1).toUpperCase() + word.slice(1);
}
