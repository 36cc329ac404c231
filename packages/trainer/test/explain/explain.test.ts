import { describeBackends } from '@fbsd/testing';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { PictureSource } from '../../src/data/picture-source.ts';
import { explain, type NamedPicture } from '../../src/explain/explain.ts';
import { SIDE, smallModel } from '../support/small-model.ts';

const WIDTH = 34;
const HEIGHT = 27;

/** A picture of WIDTH × HEIGHT, whose path says how it is stored. */
const source: PictureSource = {
  async read({ cutBottom = 0 }) {
    const height = HEIGHT - cutBottom;
    const data = Uint8Array.from({ length: WIDTH * height * 3 }, (_, i) => (i * 7) % 256);
    return { data, width: WIDTH, height };
  },
  isStoredUpright: async ({ path }) => path === 'upright',
};
// Resized to 17 × 17, of which rows and columns 2 … 16 are shown (a margin of 1.5, rounded to even).
const upright: NamedPicture = {
  path: 'upright',
  file: 'a.jpg',
  label: 1,
  box: { x: 11, y: 8, width: 14, height: 14 },
  parts: [
    { part: 1, x: 18, y: 13.5, visible: true },
    { part: 0, x: 0, y: 0, visible: false },
  ],
};

describeBackends('explain', () => {
  let model: LayersModel;
  beforeAll(() => {
    model = smallModel();
  });
  afterAll(() => {
    model.dispose();
  });
  const explained = (named: NamedPicture[], pictures = source) =>
    explain(model, named, pictures, SIDE, ['beak', 'tail']);

  test('gives boxes and parts as the crop shows them', async () => {
    const [sample] = await explained([upright]);
    expect(sample).toMatchObject({ file: 'a.jpg', label: 1 });
    expect(sample?.annotations).toEqual({
      box: {
        x: expect.closeTo(3.5 / 14, 10), // 11 · 17/34 − 2
        y: expect.closeTo(((8 * 17) / 27 - 2) / 14, 10),
        width: expect.closeTo(7 / 14, 10),
        height: expect.closeTo((14 * 17) / 27 / 14, 10),
      },
      parts: [{ name: 'tail', x: expect.closeTo(7 / 14, 10), y: expect.closeTo(6.5 / 14, 10) }],
    });
  });

  test('minds the rows that were cut off', async () => {
    const [sample] = await explained([{ ...upright, cutBottom: 10 }]); // 17 rows: as they are
    expect(sample?.annotations?.parts[0]?.y).toBeCloseTo(11.5 / 14, 10);
  });

  test('none for pictures that have none or are not stored upright', async () => {
    const { box: _, parts: __, ...bare } = upright;
    const samples = await explained([bare, { ...upright, path: 'turned' }, { ...bare, parts: [] }]);
    expect(samples.map((sample) => 'annotations' in sample)).toEqual([false, false, false]);
  });

  test('none when the source cannot tell how pictures are stored', async () => {
    const [sample] = await explained([upright], { read: source.read });
    expect(sample).not.toHaveProperty('annotations');
  });

  test('they change nothing of what the model sees and says', async () => {
    const [annotated] = await explained([upright]);
    const [bare] = await explained([{ path: 'upright', file: 'a.jpg', label: 1 }]);
    const { annotations: _, ...rest } = annotated as NonNullable<typeof annotated>;
    expect(rest).toEqual(bare);
  });
});
