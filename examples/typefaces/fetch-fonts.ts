import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { type Family, packageOf } from './families.ts';

/**
 * Installs the packages of families into `node_modules` of an empty folder: by npm itself, so that its registry, proxy
 * and cache are the user's. It refuses what has another checksum, and runs nothing of theirs.
 *
 * @throws UserError when npm fails, with what it said
 */
export async function fetchPackages(folder: string, families: readonly Family[]): Promise<void> {
  const { manifest, lock } = npmProject(families);
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
  const [code, said] = await npm(folder, ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  if (code === 0) return;
  throw new UserError(
    `[typefaces] npm could not fetch the fonts: ${families.length} packages such as ${packageOf(families[0] as Family)}. ` +
      `Nothing was changed; start again when npm reaches its registry. It said:\n${said.trim()}`,
  );
}

/** The packages as npm's `package.json` and `package-lock.json`. */
export function npmProject(families: readonly Family[]) {
  const dependencies = Object.fromEntries(families.map((f) => [packageOf(f), f.version]));
  const packages = families.map((family) => {
    const { version, integrity, licence } = family;
    return [`node_modules/${packageOf(family)}`, { version, integrity, license: licence }] as const;
  });
  const name = 'typefaces';
  return {
    manifest: { name, private: true, dependencies },
    lock: {
      name,
      lockfileVersion: 3,
      requires: true,
      packages: { '': { name, dependencies }, ...Object.fromEntries(packages) },
    },
  };
}

/** @returns the exit code, and what npm said about errors */
function npm(
  folder: string,
  args: readonly string[],
): Promise<[code: number | null, said: string]> {
  // The one that runs this program, if one does: on Windows `npm` alone is a script that only a shell starts.
  const cli = process.env['npm_execpath'];
  const [command, before, shell] = cli?.endsWith('.js')
    ? [process.execPath, [cli], false]
    : ['npm', [], process.platform === 'win32'];
  return new Promise((done, fail) => {
    const child = spawn(command, [...before, ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell,
    });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    child.on('error', fail);
    child.on('close', (code) => done([code, said]));
  });
}
