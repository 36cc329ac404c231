import { type MarksOf, sixteenClasses, tenClasses } from '../classes.ts';

export const MARKS = {
  head: ['cap', 'cheek'],
  breast: ['speckles', 'collar'],
  tail: ['rings', 'tip'],
  wing: ['bars', 'spot'],
} as const;

export type Marks = MarksOf<typeof MARKS>;

const WORDS: Readonly<Record<string, string>> = {
  cap: 'Capped',
  cheek: 'Cheeked',
  speckles: 'Speckled',
  collar: 'Collared',
  rings: 'Ringtail',
  tip: 'Tiptail',
  bars: 'Barwing',
  spot: 'Spotwing',
};

/** The classes of mini-CUB, named as in classes.txt, for example `001.Capped_Speckled_Ringtail_Barwing`. */
export const CLASSES = tenClasses(MARKS, nameOf);
/** The classes of mini-CUB hard. */
export const HARD_CLASSES = sixteenClasses(MARKS, nameOf);

function nameOf(marks: readonly string[], number: number): string {
  const words = marks.map((mark) => WORDS[mark]);
  return `${String(number).padStart(3, '0')}.${words.join('_')}`;
}
