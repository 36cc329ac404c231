import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { lockRun } from '../../src/run/run-directory.ts';

const folder = temporaryFolder();
const lock = () => join(folder(), '.lock');
const owner = (pid: number, host = hostname()) =>
  JSON.stringify({ pid, host, since: '2026-01-01T00:00:00Z' });
/** The number of a process that has ended. */
const deadProcess = () => spawnSync(process.execPath, ['--version']).pid;

describe('lockRun', () => {
  test('holds the folder until it is released, and leaves nothing', () => {
    const release = lockRun(folder());
    expect(JSON.parse(readFileSync(lock(), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(() => lockRun(folder())).toThrow(
      new RegExp(`another process \\(${process.pid} on .*\\) writes to .*--out.*remove .*\\.lock`),
    );
    release();
    release();
    expect(readdirSync(folder())).toEqual([]);
    lockRun(folder())();
    expect(readdirSync(folder())).toEqual([]);
  });

  test('takes over from a process that was killed, at any moment', () => {
    const pid = deadProcess();
    for (const content of [owner(pid), '']) {
      writeFileSync(lock(), content);
      writeFileSync(join(folder(), `.lock-${pid}`), content);
      const release = lockRun(folder());
      expect(readdirSync(folder())).toEqual(['.lock']);
      expect(JSON.parse(readFileSync(lock(), 'utf8'))).toMatchObject({ pid: process.pid });
      release();
    }
  });

  test('leaves a lock of another machine alone', () => {
    writeFileSync(lock(), owner(deadProcess(), 'elsewhere'));
    expect(() => lockRun(folder())).toThrow('on elsewhere, since 2026-01-01T00:00:00Z');
    expect(readdirSync(folder())).toEqual(['.lock']);
  });

  test('does not release what somebody else has taken', () => {
    const release = lockRun(folder());
    writeFileSync(lock(), owner(1));
    release();
    expect(readFileSync(lock(), 'utf8')).toBe(owner(1));
  });
});
