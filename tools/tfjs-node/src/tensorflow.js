import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * @typedef {object} TensorFlow
 * @property {string} libraryFolder
 * @property {string[]} libraries names of the files to link against
 * @property {string} headers
 * @property {string[]} cudaFolders where the wheel's CUDA libraries lie, if it has any
 */

/** What the addon includes: a TensorFlow that lacks one of them cannot be built against. */
export const NEEDED_HEADERS = [
  'tensorflow/c/c_api.h',
  'tensorflow/c/eager/c_api.h',
  'tensorflow/c/tf_datatype.h',
  'tensorflow/c/tf_status.h',
  'tensorflow/c/tf_tensor.h',
  'tensorflow/core/platform/ctstring_internal.h',
];

/** The library with the C API: `libtensorflow` of the C distribution, `libtensorflow_cc` of a wheel. */
const C_API = /^libtensorflow(_cc)?(\.so\.\d+|\.\d+\.dylib)$/;
const FRAMEWORK = /^libtensorflow_framework(\.so\.\d+|\.\d+\.dylib)$/;

/**
 * Finds the libraries and headers of a TensorFlow.
 *
 * @param {{python?: string, libtensorflow?: string}} options
 * @returns {TensorFlow}
 * @throws {Error} that says where it looked and what is missing
 */
export function findTensorFlow({ python, libtensorflow }) {
  const folder =
    python === undefined ? resolve(/** @type {string} */ (libtensorflow)) : packageOf(python);
  // An unpacked wheel, its `tensorflow` folder, the C distribution.
  const candidates = [join(folder, 'tensorflow'), folder, join(folder, 'lib')].map((libraries) => ({
    libraries,
    headers: join(libraries.endsWith('/lib') ? folder : libraries, 'include'),
  }));
  for (const { libraries, headers } of candidates) {
    const found = librariesIn(libraries);
    if (found.length === 0) continue;
    const missing = NEEDED_HEADERS.filter((header) => !existsSync(join(headers, header)));
    if (missing.length > 0) {
      throw new Error(
        `${libraries} holds TensorFlow's libraries, but ${headers} lacks ${missing.join(', ')}. ` +
          'Use TensorFlow 2.9 or newer, from a wheel or as libtensorflow with its headers.',
      );
    }
    return { libraryFolder: libraries, libraries: found, headers, cudaFolders: cudaOf(libraries) };
  }
  throw new Error(
    `no TensorFlow in ${folder}: expected libtensorflow_cc and libtensorflow_framework (a wheel), or ` +
      `libtensorflow and libtensorflow_framework in lib (the C library), with their version in the name; looked in ` +
      `${candidates.map(({ libraries }) => libraries).join(', ')}.`,
  );
}

/**
 * The folder of Python's package, which is not imported: its dependencies need not be there.
 *
 * @param {string} python
 */
function packageOf(python) {
  const script =
    'import importlib.util as u; s = u.find_spec("tensorflow"); ' +
    'print(s.submodule_search_locations[0] if s and s.submodule_search_locations else "")';
  const { error, status, stdout, stderr } = spawnSync(python, ['-c', script], { encoding: 'utf8' });
  if (error || status !== 0) {
    throw new Error(
      `--python ${python} does not run: ${error ? error.message : stderr.trim()}. ` +
        'Give the path of an interpreter, such as .venv/bin/python.',
    );
  }
  const folder = stdout.trim();
  if (!folder) {
    throw new Error(
      `${python} has no TensorFlow. Install one (${python} -m pip install tensorflow-cpu), or give the ` +
        'interpreter of the environment that has it.',
    );
  }
  return folder;
}

/**
 * @param {string} folder
 * @returns {string[]} both libraries, or none
 */
function librariesIn(folder) {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const found = [C_API, FRAMEWORK].map((pattern) => names.find((name) => pattern.test(name)));
  return found.every((name) => name !== undefined) ? /** @type {string[]} */ (found) : [];
}

/**
 * `pip install tensorflow[and-cuda]` puts CUDA beside TensorFlow, as `nvidia/<part>/lib`.
 *
 * @param {string} libraryFolder
 */
function cudaOf(libraryFolder) {
  const nvidia = join(dirname(libraryFolder), 'nvidia');
  if (!existsSync(nvidia)) return [];
  return readdirSync(nvidia)
    .map((part) => join(nvidia, part, 'lib'))
    .filter((folder) => existsSync(folder));
}
