import type { Walk } from '../files/walk.ts';
import { extensionOf, isPicture } from '../pictures/picture-name.ts';

/** How many hidden files and folders are named. */
const NAMED = 3;

/** Counts the files of a data set that are not used. */
export class LeftOut {
  private readonly hidden: string[] = [];
  private readonly others: string[] = [];

  /**
   * @param folder its path from the uppermost one
   * @param found in it; of the files those are left out that are not named as pictures
   */
  add(folder: string, { files, hidden }: Walk): void {
    for (const path of hidden) this.hidden.push(folder === '' ? path : `${folder}/${path}`);
    for (const file of files) if (!isPicture(file)) this.others.push(file);
  }

  /** What was left out, a sentence each. */
  sentences(): string[] {
    const sentences: string[] = [];
    if (this.others.length > 0) {
      const counts = countsByExtension(this.others);
      sentences.push(`Left out: files that are not read as pictures: ${counts}.`);
    }
    const { length } = this.hidden;
    if (length > 0) {
      const named = this.hidden.slice(0, NAMED).join(', ') + (length > NAMED ? ', …' : '');
      sentences.push(`Left out: hidden and system files and folders: ${length} (${named}).`);
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
