/** A file is no picture that can be read; the message says why, in a few words. */
export class PictureFault extends Error {}

/** It has more pixels than are allowed. */
export class TooLarge extends PictureFault {}
