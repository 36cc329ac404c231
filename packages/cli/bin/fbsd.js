#!/usr/bin/env node
// Not in dist: npm links a command as it installs, which in a clone is before the build.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  console.error(`[fbsd] ${fileURLToPath(program)} is missing. In a clone, build it: npm run build`);
  process.exitCode = 1;
}
