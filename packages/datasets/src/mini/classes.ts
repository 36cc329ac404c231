/** The parts that carry a mark, and the two marks that each of them can have. */
export type MarkedParts = Readonly<Record<string, readonly [string, string]>>;

/** One mark for each part. Nothing else tells a class from the others. */
export type MarksOf<Parts extends MarkedParts> = {
  readonly [Part in keyof Parts]: Parts[Part][number];
};

/** A class, which is known by its marks. */
export interface DrawnClass<Marks> {
  name: string;
  marks: Marks;
}

/**
 * Ten classes: of the 2⁴ combinations of marks those in which the number of second marks is not
 * two. So every mark is shared by five classes and every pair of marks by two or three: neither one
 * part nor two ever decide a class, and every class differs from another one in a single mark.
 *
 * @param parts four of them
 */
export function tenClasses<const Parts extends MarkedParts>(
  parts: Parts,
  nameOf: NameOf,
): readonly DrawnClass<MarksOf<Parts>>[] {
  return classesOf(parts, nameOf, (bits) => bits.reduce((a, b) => a + b, 0) !== 2);
}

/**
 * Sixteen classes, all 2⁴ combinations of marks: each differs from four others in a single mark, so that it takes
 * all four parts to decide.
 *
 * @param parts four of them
 */
export function sixteenClasses<const Parts extends MarkedParts>(
  parts: Parts,
  nameOf: NameOf,
): readonly DrawnClass<MarksOf<Parts>>[] {
  return classesOf(parts, nameOf, () => true);
}

/** Makes the name of a class of its marks, in the order of the parts, and its number from 1. */
type NameOf = (marks: readonly string[], number: number) => string;

function classesOf<const Parts extends MarkedParts>(
  parts: Parts,
  nameOf: NameOf,
  isClass: (bits: readonly number[]) => boolean,
): readonly DrawnClass<MarksOf<Parts>>[] {
  return Array.from({ length: 16 }, (_, code) => [0, 1, 2, 3].map((bit) => (code >> bit) & 1))
    .filter(isClass)
    .map((bits, i) => {
      const chosen = Object.entries(parts).map(
        ([part, marks], at) => [part, marks[bits[at] as 0 | 1]] as const,
      );
      return {
        name: nameOf(
          chosen.map(([, mark]) => mark),
          i + 1,
        ),
        marks: Object.fromEntries(chosen) as MarksOf<Parts>,
      };
    });
}
