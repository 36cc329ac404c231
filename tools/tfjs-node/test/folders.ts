import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * A temporary folder with these files, removed after the test.
 *
 * @param files contents by path; those that begin with #! can be run
 */
export function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'setup-tensorflow-'));
  removed.push(folder);
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (content.startsWith('#!')) chmodSync(file, 0o755);
  }
  return folder;
}

const removed: string[] = [];
afterEach(() => {
  for (const folder of removed.splice(0)) rmSync(folder, { recursive: true });
});
