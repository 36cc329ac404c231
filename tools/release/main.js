#!/usr/bin/env node
// Publishes every package whose version the registry does not have, after all checks, and the binaries of
// @fbsd/native in packages of their own; with --dry-run shows what a release of what is committed would publish,
// installs it from a registry on this machine, and changes nothing.
// Usage: npm run release [-- --dry-run]
import { spawnSync } from 'node:child_process';
import { withPlatformPackages } from '../../packages/native/scripts/platform-packages.js';
import { ROOT } from '../workspace/repository.js';
import {
  BINARIES,
  isNativePublished,
  NATIVE,
  publishPlatforms,
  requireBinaries,
} from './platforms.js';
import { rehearse } from './rehearse.js';

const [flag, ...rest] = process.argv.slice(2);
if ((flag !== undefined && flag !== '--dry-run') || rest.length > 0) {
  console.error(`usage: npm run release [-- --dry-run]; got ${process.argv.slice(2).join(' ')}`);
  process.exitCode = 2;
} else if (flag || process.env['npm_config_dry_run'] === 'true') {
  // npm keeps the flag to itself where the `--` before it was forgotten
  console.log(await rehearse());
} else {
  await release();
}

async function release() {
  const binariesAreThere = await isNativePublished();
  if (!binariesAreThere) requireBinaries(BINARIES); // before minutes of checks
  step('npm', 'test');
  step('npm', 'run', 'consumer-check');
  // First what the others depend on: a version of @fbsd/native never is there without its binaries.
  if (!binariesAreThere) console.log('published', await publishPlatforms(NATIVE, BINARIES));
  await withPlatformPackages(NATIVE, async () => step('npx', 'changeset', 'publish'));
}

/** @param {string} program @param {string[]} args @throws Error if it fails */
function step(program, ...args) {
  const { status } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
}
