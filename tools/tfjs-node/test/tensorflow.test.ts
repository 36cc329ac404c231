import { join } from 'node:path';
import { findTensorFlow, NEEDED_HEADERS } from '../src/tensorflow.js';
import { folderWith } from './folders.ts';

const headersIn = (folder: string) =>
  Object.fromEntries(NEEDED_HEADERS.map((header) => [`${folder}/${header}`, '']));

const wheel: Record<string, string> = {
  'tensorflow/libtensorflow_cc.so.2': '',
  'tensorflow/libtensorflow_framework.so.2': '',
  ...headersIn('tensorflow/include'),
};

describe('findTensorFlow', () => {
  test('finds an unpacked wheel, and the folder in it', () => {
    const folder = folderWith(wheel);
    const expected = {
      libraryFolder: join(folder, 'tensorflow'),
      libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
      headers: join(folder, 'tensorflow/include'),
      cudaFolders: [],
    };
    expect(findTensorFlow({ libtensorflow: folder })).toEqual(expected);
    expect(findTensorFlow({ libtensorflow: join(folder, 'tensorflow') })).toEqual(expected);
  });

  test.each([
    ['libtensorflow.so.2', 'libtensorflow_framework.so.2'],
    ['libtensorflow.2.dylib', 'libtensorflow_framework.2.dylib'],
  ])('finds the C library with %s', (library, framework) => {
    const folder = folderWith({
      [`lib/${library}`]: '',
      [`lib/${framework}`]: '',
      'lib/libtensorflow.so': '', // a link in the distribution: the version is what gets linked
      ...headersIn('include'),
    });
    expect(findTensorFlow({ libtensorflow: folder })).toEqual({
      libraryFolder: join(folder, 'lib'),
      libraries: [library, framework],
      headers: join(folder, 'include'),
      cudaFolders: [],
    });
  });

  test('finds the CUDA that pip puts beside TensorFlow', () => {
    const folder = folderWith({
      ...wheel,
      'nvidia/cudnn/lib/libcudnn.so.9': '',
      'nvidia/__init__.py': '',
    });
    expect(findTensorFlow({ libtensorflow: folder }).cudaFolders).toEqual([
      join(folder, 'nvidia/cudnn/lib'),
    ]);
  });

  test('asks Python where its TensorFlow is, without importing it', () => {
    const folder = folderWith(wheel);
    const python = folderWith({ python: `#!/bin/sh\necho ${folder}/tensorflow\n` });
    const found = findTensorFlow({ python: join(python, 'python') });
    expect(found.libraryFolder).toBe(join(folder, 'tensorflow'));
  });

  test('says where it looked', () => {
    const folder = folderWith({ 'lib/libtensorflow_cc.so.2': '' }); // one of two
    const find = () => findTensorFlow({ libtensorflow: folder });
    expect(find).toThrow(`no TensorFlow in ${folder}`);
    expect(find).toThrow(`looked in ${folder}/tensorflow, ${folder}, ${folder}/lib`);
  });

  test('names the headers that an old or bare TensorFlow lacks', () => {
    const { 'tensorflow/include/tensorflow/c/tf_status.h': _, ...bare } = wheel;
    const folder = folderWith(bare);
    const find = () => findTensorFlow({ libtensorflow: folder });
    expect(find).toThrow('tensorflow/include lacks tensorflow/c/tf_status.h. Use TensorFlow 2.9');
  });

  test('says that a Python has no TensorFlow, or does not run', () => {
    const folder = folderWith({
      empty: '#!/bin/sh\necho\n',
      broken: '#!/bin/sh\necho no >&2; exit 3\n',
    });
    const find = (name: string) => () => findTensorFlow({ python: join(folder, name) });
    expect(find('empty')).toThrow('empty has no TensorFlow. Install one');
    expect(find('broken')).toThrow('broken does not run: no. Give the path of an interpreter');
    expect(find('absent')).toThrow('absent does not run: spawnSync');
  });
});
