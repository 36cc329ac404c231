import { divide, dividePairs, worthwhileThreads } from '../../../src/backends/wasm/shares.ts';

/** The longest time of a share, by its definition. */
function longest(
  work: Parameters<typeof dividePairs>[0],
  shares: { rows: number; columns: number },
): number {
  const rows = Math.ceil(work.rows.items / shares.rows);
  const columns = Math.ceil(work.columns.items / shares.columns);
  return rows * columns * work.cost + rows * work.rows.cost + columns * work.columns.cost;
}

describe('divide', () => {
  test.each([
    [10, 1, 3],
    [64, 12, 2],
    [5, 4, 2],
    [1, 1, 1],
  ])('%p items by steps of %p in %p ranges: each once, cut at steps', (items, step, shares) => {
    const ranges = divide(items, step, shares);
    expect(ranges).toHaveLength(shares);
    expect(ranges.flatMap(([a, b]) => Array.from({ length: b - a }, (_, i) => a + i))).toEqual(
      Array.from({ length: items }, (_, i) => i),
    );
    for (const [first] of ranges) expect(first % step).toBe(0);
  });
});

describe('dividePairs', () => {
  const work = (rows: number, columns: number, rowCost: number, columnCost: number) => ({
    cost: 1,
    rows: { items: rows, cost: rowCost },
    columns: { items: columns, cost: columnCost },
  });

  test('gives what is dear to make ready to few shares', () => {
    expect(dividePairs(work(16, 16, 0, 100), 8)).toEqual({ rows: 1, columns: 8 });
    expect(dividePairs(work(16, 16, 100, 0), 8)).toEqual({ rows: 8, columns: 1 });
  });

  test('divides a square in squares', () => {
    expect(dividePairs(work(16, 16, 1, 1), 16)).toEqual({ rows: 4, columns: 4 });
  });

  test('is one share on one thread, and of one pair', () => {
    expect(dividePairs(work(7, 5, 1, 1), 1)).toEqual({ rows: 1, columns: 1 });
    expect(dividePairs(work(1, 1, 1, 1), 16)).toEqual({ rows: 1, columns: 1 });
  });

  test('finds the shortest of all divisions', () => {
    for (let most = 1; most <= 16; most++) {
      for (const [rows, columns] of [
        [5, 3],
        [22, 32],
        [1, 40],
        [9, 1],
      ] as const) {
        const each = work(rows, columns, 3, 2);
        const found = dividePairs(each, most);
        expect(found.rows * found.columns).toBeLessThanOrEqual(most);
        const all = Array.from({ length: rows }, (_, r) =>
          Array.from({ length: columns }, (_, c) => ({ rows: r + 1, columns: c + 1 })),
        )
          .flat()
          .filter((shares) => shares.rows * shares.columns <= most);
        const shortest = Math.min(...all.map((shares) => longest(each, shares)));
        expect(longest(each, found)).toBe(shortest);
      }
    }
  });
});

test('a little work is not worth a second thread', () => {
  expect(worthwhileThreads(8, 1000)).toBe(1);
  expect(worthwhileThreads(8, 1e9)).toBe(8);
});
