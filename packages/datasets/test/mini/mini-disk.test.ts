import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { temporaryFolder } from '../support/temporary.ts';

/** What calls about paths that end so meet. */
const refused = new Map<string, string>();
const refuse = (call: string, path: unknown) => {
  const [, code] = [...refused].find(([end]) => String(path).endsWith(end)) ?? [];
  if (code) throw Object.assign(new Error(`${code}: refused, ${call}`), { code, syscall: call });
};
jest.unstable_mockModule('node:fs/promises', () => ({
  ...fs,
  rename: async (from: string, to: string) => {
    refuse('rename', from);
    return fs.rename(from, to);
  },
  writeFile: async (path: string, content: string) => {
    refuse('write', path);
    return fs.writeFile(path, content);
  },
}));
const { miniCub } = await import('../../src/mini/birds/files.ts');
const { ensureMini } = await import('../../src/mini/ensure.ts');
const folder = temporaryFolder();
const root = () => join(folder(), 'mini-CUB');
const small = { trainPerClass: 1, testPerClass: 1, imageSize: 32 };
const draw = (seed: number) => ensureMini(miniCub, root(), { ...small, seed });
afterEach(() => refused.clear());

test.each(['EXDEV', 'EPERM'])('%s: folders that cannot be moved are copied', async (code) => {
  await draw(1);
  const [first] = await fs.readdir(join(root(), 'images'));
  refused.set('mini-CUB', code).set('/new', code);
  expect(await draw(2)).toEqual({ drawn: true });
  expect(await draw(2)).toEqual({ drawn: false });
  expect(await fs.readdir(folder())).toEqual(['mini-CUB']);
  expect((await fs.readdir(join(root(), 'images')))[0]).toBe(first);
});

test.each([
  ['a picture', '.jpg', 'ENOSPC', 'make room'],
  ['a list', 'images.txt', 'EDQUOT', 'make room: the quota is used up'],
  ['the stamp', 'mini-cub.json', 'EROFS', 'mount it for writing, or name another folder'],
  ['the folder', '/new', 'EIO', 'check the disk and its connection'],
])(
  '%s that cannot be written: the path, what to do, and all as before',
  async (_, end, code, remedy) => {
    await draw(1);
    const before = await fs.readFile(join(root(), 'mini-cub.json'), 'utf8');
    refused.set(end, code);
    const drawing = draw(2);
    await expect(drawing).rejects.toMatchObject({ name: 'UserError' });
    await expect(drawing).rejects.toThrow(
      `[@fbsd/datasets] ensureMini: ${root()}: ${code}: refused`,
    );
    await expect(drawing).rejects.toThrow(`Nothing is lost: ${remedy}`);
    if (end !== '/new') await expect(drawing).rejects.toThrow(end);
    expect(await fs.readFile(join(root(), 'mini-cub.json'), 'utf8')).toBe(before);
    expect(await fs.readdir(folder())).toEqual(['mini-CUB']);
  },
);
