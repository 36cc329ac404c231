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

  const release = (content: object) => {
    writeFileSync(lock(), JSON.stringify({ host: hostname(), since: '2026-01-01', ...content }));
    const end = lockRun(folder());
    expect(JSON.parse(readFileSync(lock(), 'utf8'))).toMatchObject({ pid: process.pid });
    end();
    expect(readdirSync(folder())).toEqual([]);
  };
  const isLinux = process.platform === 'linux';

  (isLinux ? test : test.skip)('tells a process from one that has its number now', () => {
    const own = { pid: process.pid };
    release(own); // of an earlier version, as the same number in a container that was started anew
    const held = lockRun(folder());
    const { boot, started } = JSON.parse(readFileSync(lock(), 'utf8'));
    held();
    expect(boot).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number(started)).toBeGreaterThan(0);
    release({ ...own, boot, started: String(Number(started) - 1) });
    release({ ...own, boot: '00000000-0000-0000-0000-000000000000', started });
    release({ pid: 1, boot: '00000000-0000-0000-0000-000000000000', started: '1' });
    writeFileSync(lock(), JSON.stringify({ host: hostname(), since: 'x', ...own, boot, started }));
    expect(() => lockRun(folder())).toThrow('another process');
    const parent = { host: hostname(), since: 'x', pid: process.ppid }; // of an earlier version
    writeFileSync(lock(), JSON.stringify(parent));
    expect(() => lockRun(folder())).toThrow(`another process (${process.ppid} on`);
  });

  test.each(['{}', 'null', 'garbage', '{"pid":"1","host":"a","since":"b"}', '[1]'])(
    'says of a lock that holds %s what to do, and leaves it',
    (content) => {
      writeFileSync(lock(), content);
      expect(() => lockRun(folder())).toThrow(
        /\.lock does not say who works on its folder: expected pid, host and since; got .*remove it\.$/,
      );
      expect(readFileSync(lock(), 'utf8')).toBe(content);
    },
  );

  test('takes over what a power cut left of a lock', () => {
    for (const content of ['', '\0\0\0\0']) {
      writeFileSync(lock(), content);
      lockRun(folder())();
      expect(readdirSync(folder())).toEqual([]);
    }
  });
});
