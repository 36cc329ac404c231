import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} NpmPackage
 * @property {string} name
 * @property {string} version
 * @property {string} folder
 * @property {number[]} napiVersions those that its loader knows
 * @property {string} [fetchedWith] the command, if it was not there
 */

/**
 * The installed package, fetched first if it is not there: without its install script, which
 * downloads a TensorFlow of 2022, and without a trace in package.json or the lock file.
 *
 * @param {string} root of the checkout
 * @param {string} name
 * @param {(command: string[], cwd: string) => void} [run]
 * @returns {NpmPackage}
 * @throws {Error} if npm fails, or if it is there in another version than tfjs itself
 */
export function findPackage(root, name, run = runHere) {
  const core = manifest(join(root, 'node_modules/@tensorflow/tfjs-core'));
  if (!core) throw new Error(`no tfjs in ${join(root, 'node_modules')}. Run npm ci first.`);
  const folder = join(root, 'node_modules', name);
  const command = ['npm', 'install', '--no-save', '--ignore-scripts', `${name}@${core.version}`];
  const missing = !manifest(folder);
  if (missing) run(command, root);
  const found = manifest(folder);
  if (!found) throw new Error(`${command.join(' ')} left no ${folder}. Run it by hand to see why.`);
  if (found.version !== core.version) {
    throw new Error(
      `${name} is ${found.version}, but tfjs is ${core.version}: the two must be the same. ` +
        `Run ${command.join(' ')}`,
    );
  }
  return {
    name,
    version: found.version,
    folder,
    napiVersions: found.binary.napi_versions,
    ...(missing && { fetchedWith: command.join(' ') }),
  };
}

/**
 * Where the package's loader looks for the addon: under the highest version of Node-API that both
 * know.
 *
 * @param {Pick<NpmPackage, 'folder' | 'napiVersions'>} npmPackage
 * @param {number} [napi] what Node has
 */
export function addonPath({ folder, napiVersions }, napi = Number(process.versions['napi'])) {
  const known = napiVersions.filter((version) => version <= napi);
  return join(folder, 'lib', `napi-v${Math.max(...known)}`, 'tfjs_binding.node');
}

/** @param {string} folder */
function manifest(folder) {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/**
 * @param {string[]} command
 * @param {string} cwd
 */
function runHere([program, ...args], cwd) {
  const { status, error } = spawnSync(/** @type {string} */ (program), args, {
    cwd,
    stdio: 'inherit',
  });
  if (status !== 0) {
    throw new Error(
      `${[program, ...args].join(' ')} failed${error ? `: ${error.message}` : ''}. ` +
        'Its output above says why; run it by hand, then try again.',
    );
  }
}
