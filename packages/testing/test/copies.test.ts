import { readdirSync, readFileSync } from 'node:fs';

const packages = new URL('../../', import.meta.url);
const copiesOf = (file: string) =>
  readdirSync(packages, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [`${name}/src/${file}`, `${name}/src/registry/${file}`])
    .flatMap((path) => {
      try {
        return [readFileSync(new URL(path, packages), 'utf8')];
      } catch {
        return [];
      }
    });

// Each package installs alone, so that what several of them need stands in each.
test.each([
  ['known-options.ts', 7],
  ['check-model.ts', 3],
  ['once-per-execution.ts', 2],
])('%s is the same in all packages', (file, atLeast) => {
  const copies = copiesOf(file);
  expect(copies.length).toBeGreaterThanOrEqual(atLeast);
  expect(new Set(copies).size).toBe(1);
});
