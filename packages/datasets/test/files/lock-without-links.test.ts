import * as fs from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { temporaryFolder } from '../support/temporary.ts';

/** A file system without hard links. */
jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  linkSync: () => {
    throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
  },
}));
const { lockDirectory } = await import('../../src/files/directory-lock.ts');
const folder = temporaryFolder();

test('a folder is locked where there are no hard links', () => {
  const lock = () => lockDirectory(folder(), 'writes to', 'Wait for it');
  const release = lock();
  expect(fs.readdirSync(folder())).toEqual(['.lock']);
  expect(lock).toThrow('another process');
  release();
  expect(fs.readdirSync(folder())).toEqual([]);
  fs.writeFileSync(join(folder(), '.lock'), '');
  lock()();
  expect(fs.readdirSync(folder())).toEqual([]);
});
