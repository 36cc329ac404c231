// Compiles cpp/ into build/fbsd.node with the C++ compiler that is there: that of CXX, or the system's own.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { include_dir as headers } from 'node-api-headers';

const run = promisify(execFile);
const path = (/** @type {string} */ place) => fileURLToPath(new URL(place, import.meta.url));

const compiler = process.env['CXX'] ?? 'c++';
const COMMON = ['-std=c++20', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra'];
/** Without these, square roots and comparisons could not become vectors. */
const KERNELS = ['-O3', '-fno-math-errno', '-fno-trapping-math'];
/** The libraries of cpp/library.h, and what the compiler must be told for each. */
const INSTRUCTIONS = {
  x64: {
    AVX512: ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mavx2', '-mfma'],
    AVX2: ['-mavx2', '-mfma'],
  },
  arm64: { NEON: [] },
}[process.arch];

if (!INSTRUCTIONS) throw new Error(`There are no kernels for ${process.arch}.`);

rmSync(path('../build'), { recursive: true, force: true });
mkdirSync(path('../build'));

/** @param {string} source @param {string} object @param {string[]} flags */
async function compile(source, object, flags) {
  const target = path(`../build/${object}.o`);
  await run(compiler, [...COMMON, ...flags, '-c', path(`../cpp/${source}.cpp`), '-o', target]);
  return target;
}

const objects = await Promise.all([
  ...Object.entries(INSTRUCTIONS).map(([name, flags]) =>
    compile('kernels', `kernels-${name}`, [
      ...KERNELS,
      ...flags,
      `-DFBSD_LIBRARY=libraryFor${name}`,
      `-DFBSD_INSTRUCTIONS="${name}"`,
    ]),
  ),
  ...['instructions', 'thread-pool', 'addon'].map((source) =>
    compile(source, source, ['-O2', '-isystem', headers]),
  ),
]);

// Node's own functions are found when Node loads the addon; no library of a compiler must be installed.
const LINK =
  process.platform === 'darwin'
    ? ['-bundle', '-undefined', 'dynamic_lookup']
    : ['-shared', '-static-libstdc++', '-static-libgcc', '-pthread', '-s'];
await run(compiler, [...LINK, '-o', path('../build/fbsd.node'), ...objects]);
console.log(`build/fbsd.node: ${Object.keys(INSTRUCTIONS).join(', ')}`);
