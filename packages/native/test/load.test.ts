import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadAddon } from '../src/load.ts';
import { NoNativeError } from '../src/no-native-error.ts';
import { PLATFORMS, type Platform, packageOf, thisPlatform } from '../src/platform.ts';
import { BUILT, describeBuilt } from './support/built.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fbsd-native-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a binary there, with the digest that says it is whole. */
function write(binary: string, content: Uint8Array, digestOf = content): void {
  mkdirSync(dirname(binary), { recursive: true });
  writeFileSync(binary, content);
  writeFileSync(`${binary}.sha256`, `${createHash('sha256').update(digestOf).digest('hex')}\n`);
}

const own = () => join(folder, 'build/fbsd.node');
const ofPlatform = (platform: Platform) =>
  join(folder, 'node_modules', packageOf(platform), 'fbsd.node');

/** The error of loading from the folder: always of this class, and one line. */
function failure(platform?: Platform): string {
  try {
    loadAddon(folder, platform);
  } catch (error) {
    expect(error).toBeInstanceOf(NoNativeError);
    const { message } = error as Error;
    expect(message).not.toContain('\n');
    return message;
  }
  throw new Error('it loaded');
}

const TEXT = new TextEncoder().encode('<!doctype html> not what was asked for');

describe('loadAddon refuses', () => {
  test('a platform that there is no binary for, and names those that there are', () => {
    expect(failure({ os: 'freebsd', cpu: 'x64' })).toBe(
      '[@fbsd/native] there are no kernels for freebsd-x64, only for linux-x64, linux-arm64, linuxmusl-x64, ' +
        'linuxmusl-arm64, darwin-x64, darwin-arm64, win32-x64. Use wasm instead.',
    );
  });

  test.each(PLATFORMS.map((platform) => [packageOf(platform), platform] as const))(
    '%s where it is not installed',
    (name, platform) => {
      expect(failure(platform)).toBe(
        `[@fbsd/native] ${name} is not installed, which has the kernels for this machine. Install @fbsd/native anew, with ` +
          'optional dependencies; in a clone of its repository, build them: npm run build:native',
      );
    },
  );

  test('the package of another C library', () => {
    write(ofPlatform({ os: 'linux', cpu: 'x64', libc: 'glibc' }), TEXT);
    expect(failure({ os: 'linux', cpu: 'x64', libc: 'musl' })).toContain(
      '@fbsd/native-linuxmusl-x64 is not installed, which has the kernels for this machine',
    );
  });

  test('a file that is no binary', () => {
    write(ofPlatform(thisPlatform()), TEXT);
    expect(failure()).toMatch(/^\[@fbsd\/native\] the kernels did not load: .+ Install @fbsd/);
  });

  test('a file without its digest', () => {
    write(own(), TEXT);
    rmSync(`${own()}.sha256`);
    expect(failure()).toBe(
      `[@fbsd/native] ${own()} is damaged. Build it anew: npm run build:native`,
    );
  });
});

describeBuilt('loadAddon', () => {
  const built = () => readFileSync(BUILT);

  test('takes what was built here, before the package of the platform', () => {
    write(ofPlatform(thisPlatform()), TEXT);
    write(own(), built());
    expect(loadAddon(folder).instructions(false)).toEqual(loadAddon().instructions(false));
  });

  test('takes the package of the platform', () => {
    write(ofPlatform(thisPlatform()), built());
    expect(loadAddon(folder).instructions(false)).toEqual(loadAddon().instructions(false));
  });

  // Node itself would be killed by one that lacks its end.
  test.each([0, 1, 4096, 100_000])('refuses one that ends after %p bytes', (length) => {
    write(ofPlatform(thisPlatform()), built().subarray(0, length), built());
    expect(failure()).toBe(
      `[@fbsd/native] ${ofPlatform(thisPlatform())} is damaged. Install @fbsd/native anew`,
    );
  });

  test('refuses one of another CPU', () => {
    const binary = built();
    const isELF = binary.subarray(0, 4).toString('latin1') === '\x7fELF';
    binary.fill(0xff, isELF ? 18 : 4, isELF ? 20 : 8); // which machine it is for
    write(own(), binary);
    expect(failure()).toMatch(/the kernels did not load: .+ Build it anew: npm run build:native$/);
  });
});
