import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How a C++ compiler is installed; `CXX` names another one. */
const INSTALLED_BY = {
  linux:
    'apt-get install g++ (Debian, Ubuntu), dnf install gcc-c++ (Fedora) or apk add g++ (Alpine)',
  darwin: 'xcode-select --install',
  win32:
    "winget install LLVM.LLVM and Visual Studio's Build Tools, of which clang takes the libraries",
};

/** MSVC's own compiler has no vector types, hence clang on Windows. */
const compiler = process.env['CXX'] ?? (process.platform === 'win32' ? 'clang++' : 'c++');

/** What ends a build, in words for whoever started it. */
export class BuildError extends Error {}

/** @throws {BuildError} which says what to install, if there is no compiler */
export async function requireCompiler() {
  await call(compiler, ['--version']);
}

/** @param {string[]} args @throws {BuildError} with what the compiler said */
export async function compile(args) {
  const { stderr } = await call(compiler, args);
  if (stderr) console.error(stderr); // warnings
}

/**
 * @param {string} program
 * @param {string[]} args
 */
export async function call(program, args) {
  try {
    return await run(program, args);
  } catch (cause) {
    const { code, stderr } = /** @type {{ code?: unknown, stderr?: string }} */ (cause);
    if (code === 'ENOENT') throw new BuildError(absent(program), { cause });
    throw new BuildError(`${stderr || cause}\n${program} did not compile the kernels.`, { cause });
  }
}

/** @param {string} program */
function absent(program) {
  const how = /** @type {Record<string, string>} */ (INSTALLED_BY)[process.platform];
  return (
    `${program} was not found: the native kernels need a C++ compiler of C++20, GCC 11 or clang 14 or newer. ` +
    `${how ? `Install one: ${how}; or` : 'Install one, or'} name it: CXX=PATH. Without, everything runs on wasm.`
  );
}
