import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A thing that was done to a disk; paths are relative to the folder that is watched, with `/`. */
export type DiskOperation =
  | { does: 'makeDirectory' | 'remove' | 'sync'; path: string }
  | { does: 'write' | 'append'; path: string; content: Uint8Array }
  | { does: 'move'; path: string; to: string };

/** Names and contents of files, and folders, after a power cut. */
export type Tree = { [name: string]: Uint8Array | Tree };

interface File {
  /** As programs see it. */
  content: Uint8Array;
  /** As it is on the disk itself, since the last sync. */
  durable: Uint8Array;
}

interface Folder {
  /** As programs see it. */
  names: Map<string, Inode>;
  durable: Map<string, Inode>;
  /** Changes of names that are not on the disk itself: each is made as a whole or not at all. */
  pending: Changes[];
}

type Inode = File | Folder;
/** Names and what they stand for from now on; null for nothing. */
type Changes = readonly (readonly [name: string, inode: Inode | null])[];

const isFolder = (inode: Inode | undefined): inode is Folder =>
  inode !== undefined && 'names' in inode;

/** What may be left of a file whose content was not synced. */
const LEFTOVERS: readonly ((file: File) => Uint8Array)[] = [
  ({ durable }) => durable,
  ({ content }) => content,
  ({ content, durable }) => content.subarray(0, (durable.length + content.length) >> 1),
  ({ content, durable }) => {
    const zeros = new Uint8Array(content.length); // long enough already, but nothing in it
    zeros.set(durable.subarray(0, zeros.length));
    return zeros;
  },
];

/** A disk that forgets what was not synced, as far as a power cut may make it. */
export class ForgetfulDisk {
  private readonly root: Folder = { names: new Map(), durable: new Map(), pending: [] };

  /** @throws Error for an operation that a disk would refuse: the operations are not what was done */
  apply(operation: DiskOperation): void {
    const { folder, name } = this.parentOf(operation.path);
    const inode = operation.path === '' ? this.root : folder.names.get(name);
    switch (operation.does) {
      case 'makeDirectory':
        change(folder, [[name, { names: new Map(), durable: new Map(), pending: [] }]]);
        return;
      case 'remove':
        if (inode) change(folder, [[name, null]]);
        return;
      case 'move': {
        const to = this.parentOf(operation.to);
        if (!inode || to.folder !== folder) throw new Error(`cannot move ${operation.path}`);
        change(folder, [
          [name, null],
          [to.name, inode],
        ]);
        return;
      }
      case 'sync':
        if (!inode) throw new Error(`cannot sync ${operation.path}`);
        if (isFolder(inode)) {
          inode.durable = new Map(inode.names);
          inode.pending = [];
        } else inode.durable = inode.content;
        return;
      default: {
        if (isFolder(inode)) throw new Error(`cannot write ${operation.path}`);
        const before = operation.does === 'append' && inode ? inode.content : new Uint8Array();
        const content = Buffer.concat([before, operation.content]);
        if (inode) inode.content = content;
        else change(folder, [[name, { content, durable: new Uint8Array() }]]);
      }
    }
  }

  /**
   * The trees that a power cut may leave now: of the changes of names that were not synced any prefix, any one alone and
   * all but one; of contents nothing new, everything, half, or zeros.
   *
   * @param random for more of them: any subset, `extra` times. @default none
   */
  *afterPowerCut(random?: () => number, extra = 0): Generator<Tree> {
    const most = longestPending(this.root);
    const choices: ((i: number) => boolean)[] = [];
    for (let n = 0; n <= most; n++) choices.push((i) => i < n);
    for (let n = 0; n < most; n++)
      choices.push(
        (i) => i === n,
        (i) => i !== n,
      );
    for (const leftover of LEFTOVERS) {
      for (const kept of choices) yield treeOf(this.root, kept, leftover);
      for (let n = 0; random && n < extra; n++)
        yield treeOf(this.root, () => random() < 0.5, leftover);
    }
  }

  private parentOf(path: string): { folder: Folder; name: string } {
    const parts = path.split('/');
    const name = parts.pop() as string;
    let folder = this.root;
    for (const part of parts) {
      const next = folder.names.get(part);
      if (!isFolder(next)) throw new Error(`there is no folder for ${path}`);
      folder = next;
    }
    return { folder, name };
  }
}

function change(folder: Folder, changes: Changes): void {
  make(folder.names, changes);
  folder.pending.push(changes);
}

function make(names: Map<string, Inode>, changes: Changes): void {
  for (const [name, inode] of changes) {
    if (inode) names.set(name, inode);
    else names.delete(name);
  }
}

function longestPending(folder: Folder): number {
  const inner = [...folder.names.values()].filter(isFolder).map(longestPending);
  return Math.max(folder.pending.length, 0, ...inner);
}

function treeOf(
  folder: Folder,
  kept: (i: number) => boolean,
  leftover: (file: File) => Uint8Array,
): Tree {
  const names = new Map(folder.durable);
  folder.pending.forEach((changes, i) => {
    if (kept(i)) make(names, changes);
  });
  const entries = [...names].map(([name, inode]) => {
    return [
      name,
      isFolder(inode) ? treeOf(inode, kept, leftover) : leftOf(inode, leftover),
    ] as const;
  });
  return Object.fromEntries(entries);
}

function leftOf(file: File, leftover: (file: File) => Uint8Array): Uint8Array {
  return file.content === file.durable ? file.durable : leftover(file);
}

/** Puts a tree on the real disk, into a folder that is there. */
export function writeTree(directory: string, tree: Tree): void {
  for (const [name, content] of Object.entries(tree)) {
    const path = join(directory, name);
    if (content instanceof Uint8Array) writeFileSync(path, content);
    else {
      mkdirSync(path);
      writeTree(path, content);
    }
  }
}

/** What writes to a disk, as `Disk` of @fbsd/cli. */
export interface WritableDisk {
  makeDirectory(path: string): Promise<void>;
  write(path: string, content: Uint8Array | string): Promise<void>;
  append(path: string, text: string): Promise<void>;
  sync(path: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/**
 * Does what a disk does, and notes it down.
 *
 * @param root the folder that is watched
 * @param note is told of each operation after it was done; of a folder that is removed, of what is in it first
 */
export function recordDisk<D extends WritableDisk>(
  disk: D,
  root: string,
  note: (operation: DiskOperation) => void,
): WritableDisk {
  const below = (path: string) => relative(root, path).split(sep).join('/');
  const bytes = (content: Uint8Array | string) => Uint8Array.from(Buffer.from(content as string));
  return {
    async makeDirectory(path) {
      await disk.makeDirectory(path);
      note({ does: 'makeDirectory', path: below(path) });
    },
    async write(path, content) {
      await disk.write(path, content);
      note({ does: 'write', path: below(path), content: bytes(content) });
    },
    async append(path, text) {
      await disk.append(path, text);
      note({ does: 'append', path: below(path), content: bytes(text) });
    },
    async sync(path) {
      await disk.sync(path);
      note({ does: 'sync', path: below(path) });
    },
    async move(from, to) {
      await disk.move(from, to);
      note({ does: 'move', path: below(from), to: below(to) });
    },
    async remove(path) {
      const gone = existsSync(path) ? [...contentOf(path), path] : [];
      await disk.remove(path);
      for (const inner of gone) note({ does: 'remove', path: below(inner) });
    },
  };
}

/** What is in a folder, the innermost first. */
function contentOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [];
  return readdirSync(path)
    .map((name) => join(path, name))
    .flatMap((inner) => [...contentOf(inner), inner]);
}
