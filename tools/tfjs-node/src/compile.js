import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * The command that compiles and links the addon. The libraries stay where they are: the addon
 * remembers their folder.
 *
 * @param {object} parts
 * @param {{path: string}} parts.compiler
 * @param {string} parts.nodeHeaders
 * @param {import('./tensorflow.js').TensorFlow} parts.tensorflow
 * @param {Pick<import('./package.js').NpmPackage, 'folder'>} parts.npmPackage
 * @param {string} parts.addon the file to make
 * @param {NodeJS.Platform} [platform]
 * @returns {string[]}
 */
export function compileCommand(parts, platform = process.platform) {
  const { compiler, nodeHeaders, tensorflow, npmPackage, addon } = parts;
  const { libraryFolder, libraries, headers, cudaFolders } = tensorflow;
  const shared =
    platform === 'darwin'
      ? ['-bundle', '-undefined', 'dynamic_lookup']
      : // An RPATH, unlike a RUNPATH, also serves what TensorFlow loads itself: CUDA.
        ['-shared', '-Wl,--disable-new-dtags'];
  return [
    compiler.path,
    '-O2',
    '-std=c++17',
    '-fPIC',
    ...shared,
    '-DNAPI_VERSION=8',
    `-I${nodeHeaders}`,
    `-I${headers}`,
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) =>
      join(npmPackage.folder, 'binding', file),
    ),
    ...libraries.map((name) => join(libraryFolder, name)),
    ...[libraryFolder, ...cudaFolders].map((folder) => `-Wl,-rpath,${folder}`),
    '-o',
    addon,
  ];
}

/**
 * @param {string[]} command
 * @throws {Error} with the first errors of the compiler
 */
export function compile([program, ...args]) {
  const { status, error, stderr } = spawnSync(/** @type {string} */ (program), args, {
    encoding: 'utf8',
  });
  if (status === 0) return;
  const lines = (error?.message ?? stderr).split('\n');
  const errors = lines.filter((line) => /error|undefined/i.test(line));
  throw new Error(
    `the addon does not compile against this TensorFlow:\n${(errors.length > 0 ? errors : lines).slice(0, 10).join('\n')}`,
  );
}
