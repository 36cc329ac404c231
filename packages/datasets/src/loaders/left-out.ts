import { extensionOf, isPicture } from '../pictures/picture-name.ts';

/** Counts the files of a data set that are not used. */
export class LeftOut {
  private hidden = 0;
  private readonly others: string[] = [];

  /**
   * @param files of a folder; those that are not named as pictures are left out
   * @param hidden files and folders
   */
  add(files: readonly string[], hidden: readonly string[]): void {
    this.hidden += hidden.length;
    for (const file of files) if (!isPicture(file)) this.others.push(file);
  }

  /** What was left out, a sentence each. */
  sentences(): string[] {
    const sentences: string[] = [];
    if (this.others.length > 0) {
      const counts = countsByExtension(this.others);
      sentences.push(`Left out: files that are not read as pictures: ${counts}.`);
    }
    if (this.hidden > 0) {
      sentences.push(`Left out: hidden and system files and folders: ${this.hidden}.`);
    }
    return sentences;
  }
}

/** How many files there are of each ending: `2 .heic, 1 without ending`. */
export function countsByExtension(files: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const file of files) {
    const extension = extensionOf(file);
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  return [...counts]
    .map(([extension, count]) => `${count} ${extension || 'without ending'}`)
    .join(', ');
}
