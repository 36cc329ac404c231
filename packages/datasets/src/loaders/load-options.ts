import type { PictureLimits } from '../pictures/decode.ts';

/** Options of every loader; what a picture may have, they tell those that are decoded to be checked. */
export interface LoadOptions extends PictureLimits {
  /** Leave unreadable pictures out, with a warning, instead of refusing the data set. @default false */
  skipCorrupt?: boolean;
}
