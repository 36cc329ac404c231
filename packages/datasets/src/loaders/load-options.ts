/** Options of every loader. */
export interface LoadOptions {
  /** Leave unreadable pictures out, with a warning, instead of refusing the data set. @default false */
  skipCorrupt?: boolean;
}
