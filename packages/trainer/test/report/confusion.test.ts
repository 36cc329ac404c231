import { confusionSection, mostFrequentConfusions } from '../../src/report/confusion.ts';
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
    expect(text).toContain('src="data:image/png;base64,AAAA"');
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
    expect(text).toContain('alt="Confusion matrix of 200 classes');
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
    expect(text).toContain('<td>bird 2</td><td class="number">0</td><td class="number">–</td>');
    expect(text).not.toContain('NaN');
  });
});
