/** A file of a page with its path, for example `birds/heron/1.jpg`. */
export interface NamedBlob {
  /** From the uppermost folder that was given, with `/`. */
  path: string;
  /** Its content; empty where `fault` is given. */
  blob: Blob;
  /** Why it could not be read, in a few words. @default it could */
  fault?: string;
}

/** A file that is not used. */
export interface UnusedFile {
  /** As it was given. */
  path: string;
  /** In a few words, such as `a HEIC picture, which is not read`. */
  reason: string;
}
