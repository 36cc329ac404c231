import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const sources = readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.replaceAll('\\', '/'));

/** What a source imports, in whatever way. */
const imports = (path: string) =>
  [
    ...read(`src/${path}`).matchAll(
      /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*['"]([^'"]+)['"]/g,
    ),
  ].map(([, specifier]) => String(specifier));

test('has the sources that are checked here', () => {
  expect(sources).toEqual(expect.arrayContaining(['index.ts', 'node/index.ts', 'read/cursor.ts']));
  expect(sources.flatMap(imports)).toEqual(
    expect.arrayContaining(['./read/read-state-dict.ts', 'node:crypto']),
  );
});

test.each(sources)('%s imports this package, and Node in node/ alone', (path) => {
  const isForNode = path.startsWith('node/');
  const foreign = imports(path).filter((specifier) => {
    if (specifier.startsWith('.')) return !isForNode && specifier.includes('/node/');
    return !(isForNode && specifier.startsWith('node:'));
  });
  expect(foreign).toEqual([]);
});

test('depends on nothing', () => {
  const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(read('package.json'));
  expect([dependencies, peerDependencies, optionalDependencies]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

// A bundler warns of what it cannot follow, and of what only Node has.
test.each(sources)(
  '%s asks for no module by a name that is computed, and makes no worker',
  (path) => {
    expect(read(`src/${path}`)).not.toMatch(/\b(import|require)\(\s*[^'"\s)]|\bnew\s+Worker\b/);
  },
);
