/** The parts that carry a mark, and the two marks that each of them can have. */
export const MARKS = {
  head: ['cap', 'cheek'],
  breast: ['speckles', 'collar'],
  tail: ['rings', 'tip'],
  wing: ['bars', 'spot'],
} as const;

export type MarkedPart = keyof typeof MARKS;

/** One mark for each part: what tells a class from the others, and nothing else does. */
export type Marks = { readonly [Part in MarkedPart]: (typeof MARKS)[Part][number] };

export interface BirdClass {
  /** As in classes.txt, for example `001.Capped_Speckled_Ringtail_Barwing`. */
  name: string;
  marks: Marks;
}

const WORDS: Record<Marks[MarkedPart], string> = {
  cap: 'Capped',
  cheek: 'Cheeked',
  speckles: 'Speckled',
  collar: 'Collared',
  rings: 'Ringtail',
  tip: 'Tiptail',
  bars: 'Barwing',
  spot: 'Spotwing',
};

/**
 * The ten classes: of the 2⁴ combinations of marks those in which the number of second marks is not
 * two. So every mark is shared by five classes and every pair of marks by two or three: neither one
 * part nor two ever decide a class, and every class differs from another one in a single mark.
 */
export const CLASSES: readonly BirdClass[] = Array.from({ length: 16 }, (_, code) =>
  [0, 1, 2, 3].map((bit) => (code >> bit) & 1),
)
  .filter((bits) => bits.reduce((a, b) => a + b, 0) !== 2)
  .map(([head = 0, breast = 0, tail = 0, wing = 0], i) => {
    const marks = {
      head: MARKS.head[head] as Marks['head'],
      breast: MARKS.breast[breast] as Marks['breast'],
      tail: MARKS.tail[tail] as Marks['tail'],
      wing: MARKS.wing[wing] as Marks['wing'],
    };
    const words = Object.values(marks).map((mark) => WORDS[mark]);
    return { name: `${String(i + 1).padStart(3, '0')}.${words.join('_')}`, marks };
  });
