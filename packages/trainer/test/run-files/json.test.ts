import { parseJson, shown } from '../../src/run-files/json.ts';

const deep = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

const circle: unknown[] = [];
circle.push(circle);

describe('shown', () => {
  test.each<[unknown, string]>([
    [{ a: ['b', 1] }, '{"a":["b",1]}'],
    [undefined, 'undefined'],
    ['x'.repeat(100), `"${'x'.repeat(76)}…`],
    [circle, 'what JSON cannot tell'],
  ])('a value, case %#', (value, text) => {
    expect(shown(value)).toBe(text);
  });
});

test('JSON of many levels is read, of too many refused', () => {
  const bytes = (levels: number) => new TextEncoder().encode(deep(levels));
  expect(JSON.stringify(parseJson(bytes(500), 'a.json'))).toBe(deep(500));
  expect(() => parseJson(bytes(501), 'a.json')).toThrow(
    '[@fbsd/trainer] a.json is damaged: expected JSON of at most 500 levels; got more. Restore it from a copy.',
  );
});
