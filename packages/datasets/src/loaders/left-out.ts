import { extname } from 'node:path';
import { isPicture } from '../pictures/find-pictures.ts';

/** Counts the files of a data set that are not used. */
export class LeftOut {
  private hidden = 0;
  private readonly others = new Map<string, number>();

  /**
   * @param files of a folder; those that are not named as pictures are left out
   * @param hidden files and folders
   */
  add(files: readonly string[], hidden: readonly string[]): void {
    this.hidden += hidden.length;
    for (const file of files) {
      if (isPicture(file)) continue;
      const kind = extname(file).toLowerCase();
      this.others.set(kind, (this.others.get(kind) ?? 0) + 1);
    }
  }

  /** What was left out, a sentence each. */
  sentences(): string[] {
    const sentences: string[] = [];
    if (this.others.size > 0) {
      const counts = [...this.others].map(
        ([kind, count]) => `${count} ${kind || 'without ending'}`,
      );
      sentences.push(`Left out: files that are not read as pictures: ${counts.join(', ')}.`);
    }
    if (this.hidden > 0) {
      sentences.push(`Left out: hidden and system files and folders: ${this.hidden}.`);
    }
    return sentences;
  }
}
