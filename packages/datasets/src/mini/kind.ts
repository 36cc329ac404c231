import type { Box } from '@fbsd/trainer';
import type { DrawnClass } from './classes.ts';
import type { DrawnDataset } from './drawn-dataset.ts';
import type { Point } from './geometry.ts';
import type { Colour, Dice } from './paint.ts';

/** The animal or vehicle of a picture, about 100 units long, around the origin, facing right. */
export interface Subject {
  svg: string;
  /** Points of its outline, for the bounding box. */
  outline: readonly Point[];
  /** The parts that can be seen; `near` and `far` in their names stand for its sides. */
  parts: Readonly<Record<string, Point>>;
  /** The point by which it stands or sits. */
  feet: Point;
  /** Degrees that it may be turned by, down and up. */
  tilt: readonly [number, number];
  /** Draws the ground or the branch under it, through `feet` in the picture. */
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
  /** The whole picture: the scene, with a banner below it where the kind has one. */
  svg: string;
  /** In pixels. */
  width: number;
  height: number;
}

/** The classes of a drawn data set, how they are drawn, and where its pictures lie. */
export interface Kind<Marks = Readonly<Record<string, string>>>
  extends Pick<DrawnDataset, 'name' | 'subjects' | 'version' | 'defaults'> {
  classes: readonly DrawnClass<Marks>[];
  /** The parts that are annotated, by the names that {@link Scene.parts} has for them. @default none */
  parts?: readonly string[];
  draw(d: Dice, marks: Marks): Subject;
  /** Draws what stands before the subject, in a picture of `size`. @default nothing */
  drawFront?(d: Dice, size: number): string;
  /** Height in pixels of a banner with the name of the data set below each picture. @default 0 */
  banner?: number;
  /** Path of a picture in the folder of the data set; `number` counts within the class, from 1. */
  path(picture: Pick<DrawnPicture, 'id' | 'label' | 'isTraining'>, number: number): string;
}
