import { withAblation } from '../with-ablation.js';

const DOCUMENT = '# Reproduction\nBefore.\n\n<!-- ablations -->\n\n## After\n';

describe('withAblation', () => {
  const first = withAblation(DOCUMENT, 'birds', '| a |\n| --- |\n| $& |\n');

  test('puts the tables of a new ablation before the mark of all', () => {
    expect(first).toBe(
      '# Reproduction\nBefore.\n\n<!-- ablation birds -->\n### birds\n| a |\n| --- |\n| $& |\n<!-- end of birds -->\n\n<!-- ablations -->\n\n## After\n',
    );
  });

  test('replaces those of the same name, and leaves others', () => {
    const both = withAblation(first, 'fonts', '| b |');
    const again = withAblation(both, 'birds', '| c |');
    expect(again).toBe(both.replace('| a |\n| --- |\n| $& |', '| c |'));
    expect(again.indexOf('birds')).toBeLessThan(again.indexOf('fonts'));
  });

  test('refuses a document without marks, or with half of one', () => {
    expect(() => withAblation('# Nothing\n', 'birds', '')).toThrow('expected the marks');
    const half = first.replace('<!-- end of birds -->', '');
    expect(() => withAblation(half, 'birds', '')).toThrow('expected the marks');
  });
});
