import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addonPath, findPackage } from '../src/package.js';
import { repair } from '../src/repair.js';
import { folderWith } from './folders.ts';

const NAME = '@tensorflow/tfjs-node';
const core = { 'node_modules/@tensorflow/tfjs-core/package.json': '{"version":"4.22.0"}' };
const manifest = (version: string) =>
  JSON.stringify({ version, binary: { napi_versions: [3, 8] } });
const never = () => {
  throw new Error('npm must not run');
};

describe('findPackage', () => {
  test('takes the one that is there', () => {
    const root = folderWith({
      ...core,
      [`node_modules/${NAME}/package.json`]: manifest('4.22.0'),
    });
    expect(findPackage(root, NAME, never)).toEqual({
      name: NAME,
      version: '4.22.0',
      folder: join(root, 'node_modules', NAME),
      napiVersions: [3, 8],
    });
  });

  test('fetches the version of tfjs, without scripts and without a trace', () => {
    const root = folderWith(core);
    const fetched = findPackage(root, NAME, (command, cwd) => {
      expect(command.join(' ')).toBe(
        'npm install --no-save --ignore-scripts @tensorflow/tfjs-node@4.22.0',
      );
      expect(cwd).toBe(root);
      mkdirSync(join(root, 'node_modules', NAME));
      writeFileSync(join(root, 'node_modules', NAME, 'package.json'), manifest('4.22.0'));
    });
    expect(fetched.fetchedWith).toMatch(/^npm install --no-save/);
  });

  test('refuses another version than that of tfjs', () => {
    const root = folderWith({
      ...core,
      [`node_modules/${NAME}/package.json`]: manifest('4.21.0'),
    });
    expect(() => findPackage(root, NAME, never)).toThrow(
      '@tensorflow/tfjs-node is 4.21.0, but tfjs is 4.22.0: the two must be the same. Run npm install',
    );
  });

  test('says what to do without tfjs, or if npm leaves nothing', () => {
    expect(() => findPackage(folderWith({}), NAME, never)).toThrow('Run npm ci first');
    expect(() => findPackage(folderWith(core), NAME, () => {})).toThrow(
      'Run it by hand to see why',
    );
  });
});

test('addonPath takes the highest Node-API that Node and the loader know', () => {
  const npmPackage = { folder: '/p', napiVersions: [3, 7, 8] };
  expect(addonPath(npmPackage, 10)).toBe('/p/lib/napi-v8/tfjs_binding.node');
  expect(addonPath(npmPackage, 7)).toBe('/p/lib/napi-v7/tfjs_binding.node');
});

test('repair replaces util.isNullOrUndefined, once', () => {
  const call = 'var util_1 = {};\nreturn (0, util_1.isNullOrUndefined)(k) ? 1 : k;';
  const files = ['dist/nodejs_kernel_backend.js', 'dist/kernels/TopK.js'] as const;
  const folder = folderWith(Object.fromEntries(files.map((file) => [file, call])));
  expect(repair(folder)).toEqual(files);
  expect(repair(folder)).toEqual([]);
  const repaired = new Function('k', readFileSync(join(folder, files[0]), 'utf8'));
  expect([null, undefined, 0, 5].map((k) => repaired(k))).toEqual([1, 1, 0, 5]);
});
