import { checkSizes } from '../src/checks/sizes.js';
import { Results, Skip } from '../src/results.js';

const quiet = () => {
  const lines: string[] = [];
  const results = new Results((line) => lines.push(line));
  return { results, lines };
};
const counts = ({ passed, failed, skipped }: Results) => ({ passed, failed, skipped });

describe('Results', () => {
  test('what a check returns is passed on, and shown', async () => {
    const { results, lines } = quiet();
    expect(await results.check('a', 'counts', () => 7)).toBe(7);
    expect(lines[0]).toMatch(/^✓ a +counts +7$/);
    expect(counts(results)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  });

  test('a check that throws has failed, unless it says that it cannot be made here', async () => {
    const { results, lines } = quiet();
    await results.check('a', 'breaks', async () => {
      throw new Error('because');
    });
    await results.check('a', 'is not there', () => {
      throw new Skip('no browser');
    });
    expect(lines[0]).toMatch(/^✗ a +breaks +because$/);
    expect(lines[1]).toMatch(/^– a +is not there +skipped: no browser$/);
    expect(counts(results)).toEqual({ passed: 0, failed: 1, skipped: 1 });
  });

  test('checks made elsewhere count, with their failures by name', () => {
    const { results, lines } = quiet();
    results.add('a', 'there', { passed: 2, skipped: 3, failures: ['x: wrong'], note: 'slow' });
    expect(lines[0]).toMatch(/^✗ .*2 passed, 1 failed, 3 skipped \(slow\)\n +x: wrong$/);
    expect(counts(results)).toEqual({ passed: 2, failed: 1, skipped: 3 });
  });
});

describe('checkSizes', () => {
  const budget = { dependencies: [], packed: 10, unpacked: 20, bundled: { a: 5, import: 0 } };
  const check = async (sizes: { packed: number; bundled: Record<string, number> }) => {
    const { results, lines } = quiet();
    await checkSizes(results, 'a', budget, { unpacked: 20, ...sizes });
    return { ...counts(results), line: lines[0] };
  };

  test('what is within the budget passes', async () => {
    const outcome = await check({ packed: 10, bundled: { a: 5, import: 0, other: 99 } });
    expect(outcome).toMatchObject({ passed: 1, failed: 0 });
  });

  test('what is over it, or was not measured, fails by name', async () => {
    const outcome = await check({ packed: 11, bundled: { a: 5 } });
    expect(outcome).toMatchObject({ passed: 0, failed: 1 });
    expect(outcome.line).toContain('packed: 11 B, at most 10 B');
    expect(outcome.line).toContain('import: undefined B, at most 0 B');
  });

  test('a package without a budget fails', async () => {
    const { results, lines } = quiet();
    await checkSizes(results, 'b', undefined, { packed: 1, unpacked: 1, bundled: {} });
    expect(counts(results)).toMatchObject({ failed: 1 });
    expect(lines[0]).toContain('--write-budget');
  });
});
