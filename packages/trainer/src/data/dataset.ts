/** A rectangle in pixels of the picture as stored; (x, y) is its upper left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where a part is, in pixels of the picture as stored. A part that is not visible has x = y = 0. */
export interface PartLocation {
  /** 0-based index into {@link Dataset.partNames}. */
  part: number;
  x: number;
  y: number;
  visible: boolean;
}

/** One labelled picture. */
export interface Sample {
  /** Unique in the data set and the same on every run: what random numbers are keyed by. */
  id: number;
  /** By which the picture source finds the picture: an absolute path, an address, a key. */
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
  name: string;
  /** Where it comes from, for messages: the folder that holds the data set's own files. */
  root: string;
  classNames: readonly string[];
  /** Empty when no parts are annotated. */
  partNames: readonly string[];
  train: readonly Sample[];
  test: readonly Sample[];
  /** What was odd but no reason to stop, a sentence each. */
  warnings: readonly string[];
}
