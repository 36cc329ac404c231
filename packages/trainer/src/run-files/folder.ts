/** A folder whose files can be read: on a disk, or among a page's `File`s. */
export interface Folder {
  /** The path of a file in it, for messages. */
  pathOf(name: string): string;
  /** Bytes of a file; null when there is none of that name. @throws UserError for what is no file */
  sizeOf(name: string): Promise<number | null>;
  /** The content of a file. @throws UserError that names it when it cannot be read */
  read(name: string): Promise<Uint8Array>;
}

/** Writes a file of a folder. */
export type Write = (name: string, content: Uint8Array | string) => Promise<void>;
