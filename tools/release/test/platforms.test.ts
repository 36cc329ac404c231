import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nameOf, PLATFORMS } from '../../../packages/native/dist/platform.js';
import {
  withPlatformPackages,
  writePlatformPackage,
} from '../../../packages/native/scripts/platform-packages.js';
import { NATIVE, requireBinaries } from '../platforms.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fbsd-platforms-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
const manifestIn = (...path: string[]) => JSON.parse(read(...path, 'package.json'));

/** Binaries of some platforms. */
function writeBinaries(names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(join(folder, name), { recursive: true });
    for (const file of ['fbsd.node', 'fbsd.node.sha256']) {
      writeFileSync(join(folder, name, file), `${file} of ${name}`);
    }
  }
}

describe('the package of a platform', () => {
  test.each(PLATFORMS.map((platform) => [nameOf(platform), platform] as const))(
    '%s is for that alone, and has what is loaded',
    async (name, platform) => {
      writeBinaries([name]);
      await writePlatformPackage(platform, NATIVE, join(folder, name), join(folder, 'made'));
      const native = JSON.parse(readFileSync(join(NATIVE, 'package.json'), 'utf8'));
      const { os, cpu, libc, ...manifest } = manifestIn('made');
      expect({ os, cpu, libc }).toEqual({
        os: [platform.os],
        cpu: [platform.cpu],
        libc: platform.libc && [platform.libc],
      });
      expect(manifest).toMatchObject({
        name: `@fbsd/native-${name}`,
        version: native.version,
        license: 'Apache-2.0',
        repository: native.repository, // npm compares it with the provenance
        publishConfig: { access: 'public', provenance: true },
        files: ['fbsd.node', 'fbsd.node.sha256'],
      });
      expect(readdirSync(join(folder, 'made')).sort()).toEqual(
        ['LICENSE', 'README.md', 'fbsd.node', 'fbsd.node.sha256', 'package.json'].sort(),
      );
      expect(read('made', 'fbsd.node')).toBe(`fbsd.node of ${name}`);
    },
  );
});

describe('withPlatformPackages', () => {
  const before = '{\n  "name": "@fbsd/native",\n  "version": "1.2.3"\n}\n';
  beforeEach(() => writeFileSync(join(folder, 'package.json'), before));

  test('has @fbsd/native depend on all of them in its own version, for a time', async () => {
    const during = await withPlatformPackages(folder, async () => manifestIn());
    expect(Object.keys(during.optionalDependencies)).toHaveLength(7);
    expect(during).toMatchObject({
      name: '@fbsd/native',
      optionalDependencies: {
        '@fbsd/native-linux-x64': '1.2.3',
        '@fbsd/native-linuxmusl-arm64': '1.2.3',
      },
    });
    expect(read('package.json')).toBe(before);
  });

  test('also ends it where publishing fails', async () => {
    const failing = withPlatformPackages(folder, () => Promise.reject(new Error('refused')));
    await expect(failing).rejects.toThrow('refused');
    expect(read('package.json')).toBe(before);
  });
});

test('a release needs the binaries of all platforms', () => {
  const names = PLATFORMS.map(nameOf);
  writeBinaries(names.slice(1));
  expect(() => requireBinaries(folder)).toThrow(
    `no ${join(folder, 'linux-x64/fbsd.node')}, ${join(folder, 'linux-x64/fbsd.node.sha256')}: the jobs of`,
  );
  writeBinaries(names);
  expect(() => requireBinaries(folder)).not.toThrow();
});
