// Compiles cpp/ into build/fbsd.node with the C++ compiler that is there: that of CXX, or the system's own.
// Usage: npm run build:native
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { def_paths, include_dir } from 'node-api-headers';
import { BuildError, call, compile, requireCompiler } from './compiler.js';

const path = (/** @type {string} */ place) =>
  fileURLToPath(new URL(`../${place}`, import.meta.url));
const windows = process.platform === 'win32';

const COMMON = ['-std=c++20', '-fvisibility=hidden', '-Wall', '-Wextra'];
// No library of a compiler must be installed where the addon is used.
if (windows) COMMON.push('-fms-runtime-lib=static');
else COMMON.push('-fPIC');
/** Without these, square roots and comparisons could not become vectors. */
const KERNELS = ['-O3', '-fno-math-errno', '-fno-trapping-math'];
const AVX2 = ['-mavx2', '-mfma'];
const AVX512 = [...AVX2, '-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl'];
const BF16 = ['-mavx512bf16', '-DFBSD_BF16'];
/** The libraries of cpp/library.h, and what the compiler must be told for each. */
const INSTRUCTIONS = /** @type {Record<string, Record<string, string[]>>} */ ({
  x64: {
    AVX512,
    AVX2,
    AVX512_BF16: [...AVX512, ...BF16],
    AMX_BF16: [...AVX512, ...BF16, '-mamx-tile', '-mamx-bf16', '-DFBSD_AMX'],
  },
  arm64: { NEON: [] },
})[process.arch];

/** @param {string} source @param {string} object @param {string[]} flags */
async function compileObject(source, object, flags) {
  const target = path(`build/objects/${object}.o`);
  await compile([...COMMON, ...flags, '-c', path(`cpp/${source}.cpp`), '-o', target]);
  return target;
}

/** What links the addon. Node's own functions are found when Node loads it. */
async function linkFlags() {
  if (process.platform === 'darwin') return ['-bundle', '-undefined', 'dynamic_lookup'];
  if (!windows) return ['-shared', '-static-libstdc++', '-static-libgcc', '-pthread', '-s'];
  const library = path('build/objects/node.lib');
  await call('llvm-dlltool', ['-d', def_paths.node_api_def, '-l', library, '-m', 'i386:x86-64']);
  return ['-shared', '-fms-runtime-lib=static', library];
}

async function build() {
  if (!INSTRUCTIONS) throw new BuildError(`There are no kernels for ${process.arch}.`);
  await requireCompiler();
  mkdirSync(path('build/objects'), { recursive: true });
  const objects = await Promise.all([
    ...Object.entries(INSTRUCTIONS).map(([name, flags]) =>
      compileObject('kernels', `kernels-${name}`, [
        ...KERNELS,
        ...flags,
        `-DFBSD_LIBRARY=libraryFor${name}`,
        `-DFBSD_INSTRUCTIONS="${name}"`,
      ]),
    ),
    ...['instructions', 'thread-pool', 'addon'].map((source) =>
      compileObject(source, source, ['-O2', '-isystem', include_dir]),
    ),
  ]);
  // A whole one takes the place of the one before, which a program may have loaded.
  const linked = path('build/objects/fbsd.node');
  await compile([...(await linkFlags()), '-o', linked, ...objects]);
  const digest = createHash('sha256').update(readFileSync(linked)).digest('hex');
  renameSync(linked, path('build/fbsd.node'));
  writeFileSync(path('build/fbsd.node.sha256'), `${digest}\n`); // src/load.ts checks it
  rmSync(path('build/objects'), { recursive: true });
  console.log(`build/fbsd.node: ${Object.keys(INSTRUCTIONS).join(', ')}`);
}

try {
  await build();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`[@fbsd/native] ${error.message}`);
  process.exitCode = 1;
}
