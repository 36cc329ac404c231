/** A family of faces, and the npm package that its files come in. */
export interface Family {
  /** Such as `albert-sans`: the name of its class, and of the package after `@fontsource/`. */
  name: string;
  version: string;
  /** Of the fonts, as SPDX names it. */
  licence: string;
  /** The checksum of the package, as lock files have it. */
  integrity: string;
}

/** The weights of which every family has each, so that the weight does not tell the family. */
export const WEIGHTS = [400, 500, 600, 700] as const;

/** Families by the lines of a table: name, version, licence, checksum. */
export function familiesOf(table: string): readonly Family[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', version = '', licence = '', integrity = ''] = line.split(/ +/);
      return { name, version, licence, integrity };
    });
}

/** The name of a family's package. */
export function packageOf({ name }: Pick<Family, 'name'>): string {
  return `@fontsource/${name}`;
}

/** The font file of a weight, in a family's package and where it is kept. */
export function fontFile({ name }: Pick<Family, 'name'>, weight: number): string {
  return `${name}-latin-${weight}-normal.woff`;
}
