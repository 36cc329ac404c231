/** A rectangle in pixels of the picture as stored; (x, y) is its upper left corner. */
export interface Box {
  /** Left edge, from 0. */
  x: number;
  /** Upper edge, from 0. */
  y: number;
  /** Pixels from the left to the right edge. */
  width: number;
  /** Pixels from the upper to the lower edge. */
  height: number;
}

/** Where a part is, in pixels of the picture as stored. A part that is not visible has x = y = 0. */
export interface PartLocation {
  /** 0-based index into {@link Dataset.partNames}. */
  part: number;
  /** Pixels from the left edge of the picture. */
  x: number;
  /** Pixels from its upper edge. */
  y: number;
  /** False where the part is hidden or outside of the picture. */
  visible: boolean;
}

/** One labelled picture. */
export interface Sample {
  /** Unique in the data set and the same on every run: random crops and flips depend on it. */
  id: number;
  /** Tells the picture source which picture it is: an absolute path, an address, a key. */
  path: string;
  /** The picture as the data set's own files name it. */
  file: string;
  /** 0-based index into {@link Dataset.classNames}. */
  label: number;
  /** Rows at the bottom of the picture that are not part of it, to be cut off. @default 0 */
  cutBottom?: number;
  /** Where the object is, when the data set says so. */
  box?: Box;
  /** Where its parts are, when the data set says so; every part at most once. */
  parts?: readonly PartLocation[];
}

/** A data set that has been read and checked: every sample has a picture that is there. */
export interface Dataset {
  /** For people, as CUB-200-2011. */
  name: string;
  /** Where it comes from, for messages: the folder that holds the data set's own files. */
  root: string;
  /** By class index. */
  classNames: readonly string[];
  /** By the index of a part; empty when no parts are annotated. */
  partNames: readonly string[];
  /** Samples to train on. */
  train: readonly Sample[];
  /** Samples to evaluate on; none of them is trained on. */
  test: readonly Sample[];
  /** Samples to choose by, as the best epoch, so that `test` is not: none of them is trained on. @default `test` is chosen by */
  validation?: readonly Sample[];
  /** Oddities that are no reason to stop, a sentence each. */
  warnings: readonly string[];
}
