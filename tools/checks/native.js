#!/usr/bin/env node
// Compares the native kernels, and those of wasm with relaxed SIMD, with those of plain wasm on random shapes, strides, pads and
// dilations, forward and gradients, on guarded memory, with each instruction set of this CPU, on one thread and on four: the
// same results up to rounding, and the same bits on any number of threads. The tests do so with 200 cases.
// Usage: npm run build:native && node tools/checks/native.js [CASES] [SEED]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../workspace/repository.js';

const [cases = '5000', seed = 'long'] = process.argv.slice(2);
if (!existsSync(join(ROOT, 'packages/native/build/fbsd.node'))) {
  console.error('no native kernels: npm run build:native');
  process.exit(1);
}
const { status } = spawnSync('npx', ['jest', 'test/backends/wasm/instructions-agree.test.ts'], {
  cwd: join(ROOT, 'packages/kernels'),
  env: { ...process.env, RANDOM_CASES: cases, RANDOM_SEED: seed },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
