import { UserError } from '@fbsd/trainer/data';
import type { NamedBlob } from './named-blob.ts';

/** A page that was given somebody's whole disk has to say so rather than to read it. */
const MOST = 100_000;

/**
 * The files that were dropped on a page, those of folders and of the folders below included, with their paths.
 *
 * To be called at once in the listener of `drop`, before it waits for anything: afterwards browsers do not tell any more
 * what was dropped.
 *
 * @throws UserError for more than 100,000 files
 */
export async function filesOfDrop(drop: Pick<DataTransfer, 'items'>): Promise<NamedBlob[]> {
  const items = Array.from(drop.items).filter(({ kind }) => kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: NamedBlob[] = [];
  const visit = async (entry: FileSystemEntry): Promise<void> => {
    if (isFolder(entry)) {
      const inside = await entriesOf(entry).catch(({ message }: Error) => {
        found.push({ path: pathOf(entry), blob: new Blob(), fault: message });
        return [];
      });
      for (const inner of inside) await visit(inner);
      return;
    }
    if (found.length >= MOST) {
      throw new UserError(
        `[@fbsd/datasets] filesOfDrop: there are more than ${MOST} files. Drop the folder of the pictures alone.`,
      );
    }
    found.push(await fileOf(entry as FileSystemFileEntry));
  };
  for (const entry of entries) {
    if (entry instanceof File) found.push({ path: entry.name, blob: entry });
    else if (entry) await visit(entry);
  }
  return found;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** All entries of a folder. A reader gives some of them at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return entries;
    entries.push(...some);
  }
}

async function fileOf(entry: FileSystemFileEntry): Promise<NamedBlob> {
  const path = pathOf(entry);
  return new Promise((resolve) => {
    entry.file(
      (blob) => resolve({ path, blob }),
      ({ message }) => resolve({ path, blob: new Blob(), fault: message }),
    );
  });
}

function pathOf({ fullPath }: FileSystemEntry): string {
  return fullPath.replace(/^\//, '');
}
