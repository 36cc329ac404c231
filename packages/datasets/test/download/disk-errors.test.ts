import system, * as fs from 'node:fs';
import * as promises from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Source } from '../../src/download/sources.ts';
import { md5, tar } from '../support/archives.ts';
import { fileServer } from '../support/file-server.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** What the system answers to a call about a path that ends so. */
interface Refusal {
  call: string;
  path: string;
  code: string;
}
let refused: Refusal | undefined;

/** As the system words it: with the path where it was called by path, without where by an open file. */
function systemError({ call, code }: Refusal, path?: string): Error {
  const named = path === undefined ? '' : ` '${path}'`;
  return Object.assign(new Error(`${code}: refused, ${call}${named}`), { code, syscall: call });
}
function meets(call: string, path: unknown): Refusal | undefined {
  const isMet = refused?.call === call && String(path).endsWith(refused.path);
  return isMet ? refused : undefined;
}

/** A call by path that the test can let fail. */
const byPath =
  <A extends unknown[], R>(call: string, work: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    const refusal = meets(call, args[0]);
    if (refusal) throw systemError(refusal, String(args[0]));
    return work(...args);
  };

jest.unstable_mockModule('node:fs/promises', () => ({
  ...promises,
  mkdir: byPath('mkdir', promises.mkdir),
  rename: byPath('rename', promises.rename),
  stat: byPath('stat', promises.stat),
  readdir: byPath('scandir', promises.readdir as (path: string) => Promise<string[]>),
  open: byPath('open', async (path: string, flags?: string) => {
    const file = await promises.open(path, flags);
    const refusal = meets('write', path);
    if (refusal) file.writeFile = () => Promise.reject(systemError(refusal));
    return file;
  }),
}));

jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  createReadStream: (path: string, ...rest: never[]) => {
    const stream = fs.createReadStream(path, ...rest);
    const refusal = meets('read', path);
    if (refusal) stream.destroy(systemError(refusal));
    return stream;
  },
}));
const { ensureDownloaded } = await import('../../src/download/index.ts');

// What tar writes by, in a package of its own.
const { open } = system;
beforeAll(() => {
  jest.spyOn(system, 'open').mockImplementation(((path: string, ...rest: unknown[]) => {
    const refusal = meets('unpack', path);
    const done = rest.at(-1) as (error: Error) => void;
    if (refusal) setImmediate(done, systemError({ ...refusal, call: 'open' }, path));
    else (open as (...args: unknown[]) => void)(path, ...rest);
  }) as typeof open);
});
afterAll(() => jest.restoreAllMocks());

const folder = temporaryFolder();
const server = fileServer();
const root = () => join(folder(), 'data', 'birds');
afterEach(() => {
  refused = undefined;
});

function source(): Source {
  const archive = tar([{ path: 'Images/a.jpg', content: 'x'.repeat(5000) }]);
  server.files['birds.tar'] = archive;
  return { archives: [{ url: server.url('birds.tar'), md5: md5(archive) }] };
}
const download = () => ensureDownloaded(source(), root(), { pause: 0, attempts: 1 });

const CODES = [
  ['ENOSPC', 'make room'],
  ['EDQUOT', 'make room: the quota is used up'],
  ['EROFS', 'mount it for writing, or name another folder'],
  ['EACCES', 'allow this user to write there'],
  ['EIO', 'check the disk and its connection'],
] as const;
const PHASES = [
  ['looking into the folder above', 'stat', 'birds'],
  ['making the folder beside', 'mkdir', 'birds.download'],
  ['looking for what came before', 'stat', 'birds.tar.part'],
  ['opening the part', 'open', 'birds.tar.part'],
  ['writing the part', 'write', 'birds.tar.part'],
  ['reading the part for its MD5', 'read', 'birds.tar.part'],
  ['naming the archive', 'rename', 'birds.tar.part'],
  ['making the folder to unpack into', 'mkdir', 'unpacked'],
  ['opening the archive', 'open', 'birds.tar'],
  ['reading the archive', 'read', 'birds.tar'],
  ['writing an unpacked file', 'unpack', 'a.jpg'],
  ['moving what is unpacked', 'rename', 'unpacked'],
] as const;

describe.each(PHASES)('%s', (_, call, path) => {
  test.each(CODES)(
    '%s: names the path, says what to do; the next try goes on',
    async (code, remedy) => {
      refused = { call, path, code };
      const error: Error = await download().then(
        () => new Error('it was downloaded'),
        (reason) => reason,
      );
      expect(error).toMatchObject({ name: 'UserError' });
      expect(error.message).toMatch(/^\[@fbsd\/datasets] download: /);
      expect(error.message).toContain(`${code}: refused`);
      expect(error.message).toContain(join(folder(), 'data'));
      expect(error.message).toContain(path);
      expect(error.message).toContain(`What has come is kept: ${remedy}`);
      expect(error.message).toMatch(/, then try again\.$/);
      refused = undefined;
      expect(fs.existsSync(root())).toBe(false);
      expect(await download()).toEqual({ downloaded: true });
      expect(fs.readdirSync(join(root(), '..'))).toEqual(['birds']);
    },
  );
});

test('a folder that cannot be moved, as in an overlay, is copied', async () => {
  refused = { call: 'rename', path: 'unpacked', code: 'EXDEV' };
  expect(await download()).toEqual({ downloaded: true });
  expect(fs.readdirSync(join(root(), 'Images'))).toEqual(['a.jpg']);
  expect(fs.readdirSync(join(root(), '..'))).toEqual(['birds']);
});
