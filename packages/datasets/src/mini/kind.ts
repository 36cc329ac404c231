import type { Box } from '@fbsd/trainer';
import type { DrawnClass } from './classes.ts';
import type { Point } from './geometry.ts';
import type { Colour, Dice } from './paint.ts';

/** What a picture shows, about 100 units long, around the origin, facing right. */
export interface Subject {
  svg: string;
  /** Points of its outline, for the bounding box. */
  outline: readonly Point[];
  /** The parts that can be seen; `near` and `far` in their names stand for its sides. */
  parts: Readonly<Record<string, Point>>;
  /** Where it touches what it stands on. */
  feet: Point;
  /** Degrees that it may be turned by, down and up. */
  tilt: readonly [number, number];
  /** Draws what it stands on, through `feet` in the picture. */
  support(d: Dice, size: number, feet: Point, ground: Colour): string;
}

/** A picture of one subject, and where it and its parts are, in pixels. */
export interface Scene {
  svg: string;
  box: Box;
  /** The parts that can be seen. */
  parts: Readonly<Record<string, Point>>;
}

/** A drawn picture with its place in the data set. */
export interface DrawnPicture {
  /** From 1, over the whole data set. */
  id: number;
  /** Path in the folder of the data set. */
  path: string;
  /** Class index from 0. */
  label: number;
  isTraining: boolean;
  scene: Scene;
}

/** A kind of drawn data set: what its classes are, how they are drawn and laid out. */
export interface Kind<Marks = Readonly<Record<string, string>>> {
  /** For example mini-CUB. */
  name: string;
  /** What it draws, for people. */
  subjects: string;
  /** Goes up whenever the drawings or the layout change, so that older folders are drawn anew. */
  version: number;
  classes: readonly DrawnClass<Marks>[];
  draw(d: Dice, marks: Marks): Subject;
  /** Pixels of a strip with the name of the maker below each picture. @default 0 */
  banner?: number;
  /** Where a picture goes, and by which file it is known. */
  path(picture: Pick<DrawnPicture, 'id' | 'label' | 'isTraining'>, number: number): string;
  /** The files beside the pictures, by their path. */
  tables(pictures: readonly DrawnPicture[]): Record<string, string | Uint8Array>;
}
