import { confusionSection } from '../../src/report/confusion.ts';
import { mostFrequentConfusions } from '../../src/report/confusion-counts.ts';
import { exampleEvaluation } from '../support/example-report.ts';

/** Keeps the pixels that it was given. */
let encoded: { rgba: Uint8Array; width: number; height: number } | undefined;
const encoder = {
  async pixels(rgba: Uint8Array, width: number, height: number) {
    encoded = { rgba, width, height };
    return 'data:image/png;base64,AAAA';
  },
};

const names = (count: number) => Array.from({ length: count }, (_, i) => `bird ${i + 1}`);

describe('confusion', () => {
  test('the mistakes by number of images, then by share of the class', () => {
    const confusion = [
      [5, 0, 2],
      [2, 1, 0],
      [0, 3, 9],
    ];
    expect(mostFrequentConfusions(confusion)).toEqual([
      { truth: 2, predicted: 1, images: 3, share: 3 / 12 },
      { truth: 1, predicted: 0, images: 2, share: 2 / 3 },
      { truth: 0, predicted: 2, images: 2, share: 2 / 7 },
    ]);
  });

  test('few classes: a cell per pair, with names', async () => {
    const { text } = await confusionSection(exampleEvaluation(10).confusion, names(10), encoder);
    expect(text.match(/<td class="right strong" style="--share:90%">9<\/td>/g)).toHaveLength(10);
    expect(text.match(/<td class="wrong" style="--share:10%">1<\/td>/g)).toHaveLength(10);
    expect(text).toContain('<th scope="col" title="bird 7"><span>bird 7</span></th>');
  });

  test('many classes: a picture with a pixel per pair, right blue and wrong red', async () => {
    const { text } = await confusionSection(exampleEvaluation(200).confusion, names(200), encoder);
    expect(text).toContain('href="data:image/png;base64,AAAA"');
    expect([encoded?.width, encoded?.height]).toEqual([200, 200]);
    const data = encoded?.rgba as Uint8Array;
    const pixel = (truth: number, predicted: number) => [
      ...data.subarray((truth * 200 + predicted) * 4, (truth * 200 + predicted) * 4 + 4),
    ];
    const [red, , blue, opacity] = pixel(3, 3) as [number, number, number, number];
    expect(blue).toBeGreaterThan(2 * red);
    expect(opacity).toBe(Math.round(255 * Math.sqrt(0.9)));
    const [wrongRed, , wrongBlue, wrongOpacity] = pixel(3, 4) as [number, number, number, number];
    expect(wrongRed).toBeGreaterThan(2 * wrongBlue);
    expect(wrongOpacity).toBe(Math.round(255 * Math.sqrt(0.1)));
    expect(pixel(3, 5)[3]).toBe(0);
    expect(text).toContain('aria-label="Confusion matrix of 200 classes: right answers');
    // Numbers at both axes, in the middle of their class: (50 − 0.5)/200 · 600.
    expect(text.match(/>50<\/text>/g)).toHaveLength(2);
    expect(text).toContain('y="148.5" text-anchor="end" dominant-baseline="central">50<');
    // And all names, with what each mistake is.
    expect(text.match(/<li title="bird 137">bird 137<\/li>/g)).toHaveLength(2);
    expect(text).toContain('<title>bird 1, taken for bird 2: 1, 10% of the class</title>');
    expect(text.match(/, taken for /g)).toHaveLength(200);
    expect(text).toContain('<td>bird 1</td><td>bird 2</td><td class="number">1</td>');
  });

  test('classes without images, and no mistakes', async () => {
    const { text } = await confusionSection(
      [
        [3, 0],
        [0, 0],
      ],
      names(2),
      encoder,
    );
    expect(text).toContain('No test image was put in a wrong class.');
    expect(text).not.toContain('NaN');
  });
});
