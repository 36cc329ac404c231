import { isHidden } from '../files/hidden.ts';
import type { Walk } from '../files/walk.ts';
import type { Folders } from '../loaders/arrange-classes.ts';

/** The folders that a list of files tells of. */
export class ListedFolders implements Folders {
  /**
   * The folders around all others, each alone in the one above, with a slash at the end: `Downloads/birds/`; empty
   * without any.
   */
  readonly around: string;
  /** Name of the innermost of these; undefined without any. */
  readonly name: string | undefined;
  private readonly paths: readonly string[];

  /** @param paths of all files */
  constructor(paths: readonly string[]) {
    this.paths = paths;
    this.around = wrapping(paths);
    this.name = this.around.split('/').at(-2);
  }

  async foldersIn(folder: string): Promise<string[]> {
    return foldersIn(this.paths, this.inside(folder));
  }

  async hiddenIn(folder: string): Promise<string[]> {
    const from = this.inside(folder);
    const below = this.paths.filter((path) => path.startsWith(from));
    const names = below.map((path) => path.slice(from.length).split('/')[0] as string);
    return [...new Set(names.filter(isHidden))].sort();
  }

  async walk(folder: string): Promise<Walk> {
    const from = this.inside(folder);
    const files: string[] = [];
    const hidden = new Set<string>();
    for (const path of this.paths) {
      if (!path.startsWith(from)) continue;
      const below = path.slice(from.length).split('/');
      const at = below.findIndex(isHidden);
      if (at < 0) files.push(below.join('/'));
      else hidden.add(below.slice(0, at + 1).join('/'));
    }
    return { files: files.sort(), hidden: [...hidden].sort() };
  }

  nameOf(folder: string): string {
    return folder === '' ? (this.name ?? 'the selection') : folder;
  }

  private inside(folder: string): string {
    return folder === '' ? this.around : `${this.around}${folder}/`;
  }
}

/** Names of the folders right below `from`, a path with a slash at its end. */
function foldersIn(paths: readonly string[], from: string): string[] {
  const names = new Set<string>();
  for (const path of paths) {
    if (!path.startsWith(from)) continue;
    const end = path.indexOf('/', from.length);
    const name = path.slice(from.length, end);
    if (end >= 0 && !isHidden(name)) names.add(name);
  }
  return [...names].sort();
}

/** Goes down while a folder holds nothing but one folder that is no class and no split: one with folders in it. */
function wrapping(paths: readonly string[]): string {
  let around = '';
  for (;;) {
    const [only, other] = foldersIn(paths, around);
    if (only === undefined || other !== undefined || only.toLowerCase() === 'train') return around;
    const inner = `${around}${only}/`;
    if (foldersIn(paths, inner).length === 0) return around;
    around = inner;
  }
}
