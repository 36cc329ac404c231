const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.gif', '.webp', '.tif', '.tiff', '.avif'];

/** Tells by a file's name if it is a picture. */
export function isPicture(file: string): boolean {
  return EXTENSIONS.includes(extensionOf(file));
}

/** The ending of a file's name in lower case, with its dot: `.jpg`; empty where there is none. */
export function extensionOf(file: string): string {
  return /[^/\\](\.[^./\\]*)$/.exec(file)?.[1]?.toLowerCase() ?? '';
}
