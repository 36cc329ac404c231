import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, compileCommand } from '../src/compile.js';
import { findCompiler } from '../src/compiler.js';
import { findNodeHeaders } from '../src/node-headers.js';
import { replaceIfVerified } from '../src/replace.js';
import { folderWith } from './folders.ts';

describe('findCompiler', () => {
  test('takes the first that runs', () => {
    const folder = folderWith({
      'c++': '#!/bin/sh\nexit 1\n',
      'g++': '#!/bin/sh\necho g++ 12.2\necho more\n',
    });
    expect(findCompiler({ PATH: folder })).toEqual({ path: 'g++', version: 'g++ 12.2' });
  });

  test('takes CXX alone if it is set', () => {
    const folder = folderWith({ 'c++': '#!/bin/sh\n', mine: '#!/bin/sh\necho mine 1\n' });
    const mine = join(folder, 'mine');
    expect(findCompiler({ PATH: folder, CXX: mine })).toEqual({ path: mine, version: 'mine 1' });
    expect(() => findCompiler({ PATH: folder, CXX: 'absent' })).toThrow('tried absent (from CXX)');
  });

  test('says how to get one', () => {
    const find = () => findCompiler({ PATH: folderWith({}) });
    expect(find).toThrow(
      'no C++ compiler: tried c++, g++, clang++. Install one: `apt install g++`',
    );
  });
});

describe('findNodeHeaders', () => {
  test('takes the first folder that has them, or says where it looked', () => {
    const folder = folderWith({ 'b/node_api.h': '', 'c/node_api.h': '' });
    const [a, b, c] = [join(folder, 'a'), join(folder, 'b'), join(folder, 'c')];
    expect(findNodeHeaders(folder, [a, b, c])).toBe(b);
    expect(() => findNodeHeaders(folder, [a])).toThrow(
      `no node_api.h in ${a}. Get it: npm install`,
    );
  });
});

describe('compile', () => {
  const parts = {
    compiler: { path: 'c++' },
    nodeHeaders: '/node',
    tensorflow: {
      libraryFolder: '/tf',
      libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
      headers: '/tf/include',
      cudaFolders: ['/cuda/lib'],
    },
    npmPackage: { folder: '/package' },
    addon: '/out.node',
  };

  test('links both libraries by their path and remembers their folders', () => {
    const command = compileCommand(parts, 'linux');
    expect(command).toEqual(
      expect.arrayContaining([
        '-shared',
        '-I/node',
        '-I/tf/include',
        '/package/binding/tfjs_backend.cc',
        '/tf/libtensorflow_cc.so.2',
        '/tf/libtensorflow_framework.so.2',
        '-Wl,-rpath,/tf',
        '-Wl,-rpath,/cuda/lib',
      ]),
    );
    expect(command.slice(-2)).toEqual(['-o', '/out.node']);
    expect(compileCommand(parts, 'darwin')).toContain('-bundle');
    expect(compileCommand(parts, 'darwin')).not.toContain('-shared');
  });

  test('reports the errors of the compiler', () => {
    const folder = folderWith({
      cc: '#!/bin/sh\necho note >&2\necho "a.cc:1: error: no such thing" >&2\nexit 1\n',
    });
    const run = () => compile([join(folder, 'cc')]);
    expect(run).toThrow('does not compile against this TensorFlow:\na.cc:1: error: no such thing');
    expect(() => compile([join(folder, 'absent')])).toThrow('ENOENT');
  });
});

describe('replaceIfVerified', () => {
  const make = (file: string) => writeFileSync(file, 'new');
  const fail = () => {
    throw new Error('wrong');
  };

  test('replaces what was there', () => {
    const file = join(folderWith({ 'lib/addon': 'old' }), 'lib/addon');
    expect(replaceIfVerified(file, make, () => readFileSync(file, 'utf8'))).toBe('new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(existsSync(`${file}.before`) || existsSync(`${file}.new`)).toBe(false);
  });

  test.each([
    ['cannot be made', fail, () => {}],
    ['fails the test', make, fail],
  ])('keeps what was there if the new one %s', (_, make, verify) => {
    const file = join(folderWith({ 'lib/addon': 'old' }), 'lib/addon');
    expect(() => replaceIfVerified(file, make, verify)).toThrow('wrong');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(existsSync(`${file}.before`) || existsSync(`${file}.new`)).toBe(false);
  });

  test('leaves nothing if nothing was there and the new one fails', () => {
    const file = join(folderWith({}), 'lib/addon');
    expect(() => replaceIfVerified(file, make, fail)).toThrow('wrong');
    expect(existsSync(file)).toBe(false);
  });
});
