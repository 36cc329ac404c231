import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';

/** What the next rename of a path meets. */
const refused = new Map<string, string>();
const systemError = (code: string, call: string) =>
  Object.assign(new Error(`${code}: refused, ${call}`), { code, syscall: call });

jest.unstable_mockModule('node:fs/promises', () => ({
  ...fs,
  rename: async (from: string, to: string) => {
    const code = refused.get(from);
    if (code) throw systemError(code, 'rename');
    return fs.rename(from, to);
  },
}));
const { nodeDisk } = await import('../../src/disk/disk.ts');
const { createRunDirectory } = await import('../../src/run/run-directory.ts');
const { completeSettings } = await import('../../src/settings/settings.ts');
const folder = temporaryFolder();
afterEach(() => refused.clear());

test('a folder that cannot be moved, as of a container image, is copied', async () => {
  const [from, to] = [join(folder(), 'last'), join(folder(), 'last.previous')];
  mkdirSync(join(from, 'inner'), { recursive: true });
  writeFileSync(join(from, 'inner', 'a'), 'content');
  refused.set(from, 'EXDEV');
  await nodeDisk.move(from, to);
  expect(existsSync(from)).toBe(false);
  expect(readFileSync(join(to, 'inner', 'a'), 'utf8')).toBe('content');
});

test('what the system refuses otherwise stays an error, which names the path', async () => {
  const from = join(folder(), 'last');
  mkdirSync(from);
  refused.set(from, 'EIO');
  await expect(nodeDisk.move(from, `${from}.previous`)).rejects.toMatchObject({
    code: 'EIO',
    message: `EIO: refused, rename '${from}'`,
  });
  expect(existsSync(from)).toBe(true);
});

test.each([
  ['ENOSPC', 'make room'],
  ['EROFS', 'mount it for writing, or name another folder'],
  ['EIO', 'check the disk and its connection'],
])('%s at config.json says what to do, and leaves no lock', async (code, remedy) => {
  const run = join(folder(), 'runs', 'run');
  refused.set(join(run, '.config.json'), code);
  const settings = completeSettings('cub', {});
  const config = { settings, classNames: ['a'], environment: {} };
  const begun = createRunDirectory(run, config);
  await expect(begun).rejects.toMatchObject({ name: 'UserError' });
  await expect(begun).rejects.toThrow(`the run cannot begin in ${run}: ${code}`);
  await expect(begun).rejects.toThrow(`config.json'. Nothing is lost: ${remedy}`);
  expect(existsSync(join(run, '.lock'))).toBe(false);
});
