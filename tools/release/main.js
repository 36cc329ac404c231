#!/usr/bin/env node
// Publishes every package whose version the registry does not have, after all checks; with
// --dry-run shows what a release of what is committed would publish, and changes nothing.
// Usage: npm run release [-- --dry-run]
import { spawnSync } from 'node:child_process';
import { ROOT } from '../workspace/repository.js';
import { rehearse } from './rehearse.js';

const [flag, ...rest] = process.argv.slice(2);
if ((flag !== undefined && flag !== '--dry-run') || rest.length > 0) {
  console.error(`usage: npm run release [-- --dry-run]; got ${process.argv.slice(2).join(' ')}`);
  process.exitCode = 2;
} else if (flag || process.env['npm_config_dry_run'] === 'true') {
  // npm keeps the flag to itself where the `--` before it was forgotten
  console.log(await rehearse());
} else {
  const steps = [
    ['npm', 'test'],
    ['npm', 'run', 'consumer-check'],
    ['npx', 'changeset', 'publish'],
  ];
  for (const [program = '', ...args] of steps) {
    const { status } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' });
    process.exitCode = status ?? 1;
    if (status !== 0) break;
  }
}
