import { nodeUses, relativeImports } from '../src/node-uses.js';

describe('nodeUses', () => {
  test.each([
    ["import { open } from 'node:fs/promises';", "import 'node:fs/promises'"],
    ["import 'fs';", "import 'fs'"],
    ["import * as path from 'path/posix';", "import 'path/posix'"],
    ["export { open } from 'fs';", "import 'fs'"],
    ["export * from 'node:os';", "import 'node:os'"],
    ["const fs = await import('node:fs');", "import 'node:fs'"],
    ["const fs = await import('crypto');", "import 'crypto'"],
    ["import sharp from 'sharp';", "import 'sharp'"],
    ["import '@tensorflow/tfjs-node-gpu';", "import '@tensorflow/tfjs-node-gpu'"],
    ["import { useThreadedWasm } from '@fbsd/kernels/node';", "import '@fbsd/kernels/node'"],
    ["import { loadCub } from '@fbsd/datasets';", "import '@fbsd/datasets'"],
    ["import { readFile } from '../node/read.js';", "import '../node/read.js'"],
    ["import { readFile } from './node/index.js';", "import './node/index.js'"],
    ['const bytes = Buffer.from(text);', 'Buffer'],
    ['const bytes = new globalThis.Buffer(1);', 'Buffer'],
    ["if (typeof process !== 'undefined') run();", 'process'],
    ['const { env } = process;', 'process'],
    ['const all = { process };', 'process'],
    ['const all = { [process]: 1 };', 'process'],
    ['setImmediate(run);', 'setImmediate'],
    ['const here = __dirname;', '__dirname'],
  ])('%s', (code, use) => {
    expect(nodeUses('a.js', code)).toEqual([use]);
  });

  test('require, with what it requires', () => {
    const found = nodeUses('a.js', "const fs = require('fs'); const url = require('url');");
    expect(found.sort()).toEqual(["import 'fs'", "import 'url'", 'require']);
  });

  test.each([
    ["import type { Stats } from 'node:fs';", "import 'node:fs'"],
    ["export declare const stats: import('fs').Stats;", "import 'fs'"],
    ['export declare function read(): Buffer;', 'Buffer'],
    ['export declare const timeout: NodeJS.Timeout;', 'NodeJS'],
    [
      '/// <reference types="node" />\nexport declare const a: number;',
      '/// <reference types="node" />',
    ],
  ])('in types: %s', (code, use) => {
    expect(nodeUses('a.d.ts', code)).toEqual([use]);
  });

  test.each([
    ["import { tensor } from '@tensorflow/tfjs-core';"],
    ["import { node } from './node.js';"],
    ["import { fill } from '../nodes/fill.js';"],
    ["import { unzip } from 'unzipit';"],
    ['run.process(); const all = { process: 1 }; class A { process() {} }'],
    ["// as Buffer of 'node:buffer' does\nconst text = 'process';"],
  ])('nothing: %s', (code) => {
    expect(nodeUses('a.js', code)).toEqual([]);
  });

  test('code that it cannot read is an error', () => {
    expect(() => nodeUses('a.js', 'import {')).toThrow('a.js');
  });
});

describe('relativeImports', () => {
  test.each([
    ['a.js', "import { a } from './a.js'; export * from '../b.js'; import 'node:fs';"],
    ['a.d.ts', "import type { A } from './a.js'; export declare const b: import('../b.js').B;"],
  ])('of %s', (file, code) => {
    expect(relativeImports(file, code).sort()).toEqual(['../b.js', './a.js']);
  });
});
