import { classTable, ORDER_NAMES } from '../../src/report/class-table.ts';
import { STYLE } from '../../src/report/style.ts';

// True classes down, predicted across; nothing is of class c, and nothing was put in class d.
const confusion = [
  [6, 2, 2, 0],
  [0, 5, 0, 0],
  [0, 0, 0, 0],
  [0, 1, 3, 0],
];
const names = ['b <i>', 'a10', 'a2', 'c'];
const { text } = classTable(confusion, names);
const rows = [...text.matchAll(/<tr style="(.*?)">(.*?)<\/tr>/gs)].map(([, style, cells]) => ({
  places: Object.fromEntries(
    (style as string).split(';').map((one) => one.slice(2).split(':') as [string, string]),
  ),
  cells: (cells as string)
    .replace(/<\/t[dh]>/g, '|')
    .replace(/<[^>]*>/g, '')
    .split('|')
    .slice(0, -1),
}));

describe('classTable', () => {
  test('a row for each class: images, right ones, accuracy, precision, what it is mostly taken for', () => {
    const cells = Object.fromEntries(rows.map((row) => [row.cells[1], row.cells]));
    expect(cells['b &lt;i&gt;']).toEqual([
      '1',
      'b &lt;i&gt;',
      '10',
      '6',
      '60.0%',
      '100.0%',
      'a10 (2)',
    ]);
    expect(cells['a10']).toEqual(['2', 'a10', '5', '5', '100.0%', '62.5%', '']);
    expect(cells['a2']).toEqual(['3', 'a2', '0', '0', '–', '0.0%', '']);
    expect(cells['c']).toEqual(['4', 'c', '4', '0', '0.0%', '–', 'a2 (3)']);
  });

  test.each([
    ['worst', ['c', 'b &lt;i&gt;', 'a10', 'a2']],
    ['best', ['a10', 'b &lt;i&gt;', 'c', 'a2']],
    ['precision', ['a2', 'a10', 'b &lt;i&gt;', 'c']],
    ['images', ['b &lt;i&gt;', 'a10', 'c', 'a2']],
    ['name', ['a2', 'a10', 'b &lt;i&gt;', 'c']],
    ['number', ['b &lt;i&gt;', 'a10', 'a2', 'c']],
  ])('sorted by %s; what is not known comes last', (order, expected) => {
    const sorted = [...rows].sort((a, b) => Number(a.places[order]) - Number(b.places[order]));
    expect(sorted.map(({ cells }) => cells[1])).toEqual(expected);
  });

  test('the style sheet puts the rows in the order that is checked, the worst first to begin with', () => {
    expect(rows.map(({ cells }) => cells[1])).toEqual(['c', 'b &lt;i&gt;', 'a10', 'a2']);
    for (const name of ORDER_NAMES) {
      expect(text).toContain(`name="order-of-classes" class="by-${name}"`);
      expect(STYLE.text).toContain(`.by-${name}:checked) tbody tr { order: var(--${name}); }`);
    }
    expect(text.match(/ checked>/g)).toHaveLength(1);
  });
});
