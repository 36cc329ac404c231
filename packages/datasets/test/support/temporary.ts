import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives every test of the file a fresh folder, which is removed afterwards. */
export function temporaryFolder(): () => string {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fbsd-data-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
