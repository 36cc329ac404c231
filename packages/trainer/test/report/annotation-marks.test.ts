import {
  annotationLegend,
  annotationMarks,
  annotationText,
} from '../../src/report/annotation-marks.ts';
import { html } from '../../src/report/html.ts';

const box = { x: -0.25, y: 0.25, width: 0.75, height: 1 };
const parts = [
  { name: 'beak', x: 0.5, y: 0.125 },
  { name: '<tail>', x: 1 / 3, y: 0 },
];

describe('annotation marks', () => {
  test('an outline for the box, a named point for each part', () => {
    const { text } = annotationMarks({ box, parts }, 'marks-4');
    expect(text).toMatch(/^<g id="marks-4">.*<\/g>$/);
    expect(text).toContain('<rect class="box" x="-25" y="25" width="75" height="100"/>');
    expect([...text.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title)).toEqual([
      'box around the object',
      'beak',
      '&lt;tail&gt;',
    ]);
    expect([...text.matchAll(/<circle class="part" cx="(.*?)" cy="(.*?)"/g)]).toEqual([
      expect.arrayContaining(['50', '12.5']),
      expect.arrayContaining(['33.33', '0']),
    ]);
  });

  test('only what there is', () => {
    expect(annotationMarks({ parts }, 'a').text).not.toContain('<rect');
    expect(annotationMarks({ box, parts: [] }, 'a').text).not.toContain('<circle');
  });

  test('in words, as far as the crop shows them', () => {
    const place = 'Box from 0% to 50% of the width and 25% to 100% of the height';
    expect(annotationText({ box, parts: [] })).toBe(place);
    expect(annotationText({ box, parts })).toBe(`${place}; visible parts: beak, <tail>`);
    expect(annotationText({ parts })).toBe('visible parts: beak, <tail>');
  });

  test('the legend names what is shown somewhere', () => {
    const legend = (...shown: Parameters<typeof annotationLegend>[0]) => {
      const { text } = html`${annotationLegend(shown)}`;
      return text.replace(/<[^>]*>/g, '').replace(/^.*sees: /, '');
    };
    expect(legend()).toBe('');
    expect(legend({ parts: [] })).toBe('');
    expect(legend({ box, parts: [] })).toBe('the box around the object.');
    expect(legend({ parts })).toBe('its visible parts (point at one for its name).');
    expect(legend({ box, parts: [] }, { parts })).toBe(
      'the box around the object, its visible parts (point at one for its name).',
    );
  });
});
