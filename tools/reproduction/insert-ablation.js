#!/usr/bin/env node
// Puts the tables of an ablation into a document, so that they are written and not typed: what `fbsd ablate` has left as
// ablation.md, under a heading, at the mark of its name, or at the end of the section with the mark of all.
// Usage: node tools/reproduction/insert-ablation.js NAME DIR [DOCUMENT]
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withAblation } from './with-ablation.js';

const [name, directory, file = 'docs/reproduction.md'] = process.argv.slice(2);
if (!name || !directory) {
  console.error('usage: node tools/reproduction/insert-ablation.js NAME DIR [DOCUMENT]');
  process.exit(1);
}
const tables = await readFile(join(directory, 'ablation.md'), 'utf8');
await writeFile(file, withAblation(await readFile(file, 'utf8'), name, tables));
