/** The settings of a drawn data set, which decide every byte of it. */
export interface MiniSettings {
  /** Decides poses, colours and backgrounds: an integer in [0, 2³²). @default 1 */
  seed: number;
  /** Training pictures of each class, 1 to 10,000. @default 60 */
  trainPerClass: number;
  /** Test pictures of each class, 0 to 10,000. @default 20 */
  testPerClass: number;
  /** Side of the square pictures in pixels, without a banner, 32 to 2048. @default 160 */
  imageSize: number;
}

/**
 * A small data set that is drawn, not downloaded, in the layout of a published one: classes that differ only
 * in combinations of small marks. `ensureMini` puts it into a folder.
 */
export interface DrawnDataset {
  /** For example mini-CUB. */
  readonly name: string;
  /** The plural of its subjects, for people: birds. */
  readonly subjects: string;
  /** Goes up whenever the drawings or the layout change, so that older folders are drawn anew. */
  readonly version: number;
  /** Its own defaults, where they differ from those of {@link MiniSettings}. @default none */
  readonly defaults?: Partial<MiniSettings>;
  /**
   * Draws all pictures and writes them, with the other files of the data set, into an empty folder.
   *
   * @param onProgress is told the number of pictures drawn so far, and of all
   * @returns the size in bytes of every file that was written, by its path in the folder
   */
  write(
    folder: string,
    settings: MiniSettings,
    onProgress: (done: number, total: number) => void,
  ): Promise<Record<string, number>>;
}
