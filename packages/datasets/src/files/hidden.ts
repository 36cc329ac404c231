/** Folders and files that systems leave beside people's own. */
const SYSTEM = ['__macosx', '@eadir', '$recycle.bin', 'system volume information', 'thumbs.db'];

/** Tells by its name if a file or folder is hidden or a system's: copies and previews of pictures, none of people's own. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || SYSTEM.includes(name.toLowerCase());
}
