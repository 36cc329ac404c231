import { glow } from '@fbsd/trainer';
import { canvasEncoder } from '@fbsd/trainer/web';
import sharp from 'sharp';
import { randomStream } from '../../src/data/random.ts';

const decode = async (uri: string) => {
  expect(uri).toMatch(/^data:image\/png;base64,/);
  const file = Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64');
  return sharp(file).raw().toBuffer({ resolveWithObject: true });
};

test.each([
  [1, 1],
  [37, 5],
  [200, 300],
])(
  'a PNG of %i×%i has every pixel as it was, where it is transparent too',
  async (width, height) => {
    const next = randomStream(width, height);
    const rgba = Uint8Array.from({ length: 4 * width * height }, () => 256 * next());
    const { data, info } = await decode(await canvasEncoder.pixels(rgba, width, height));
    expect([info.width, info.height, info.channels]).toEqual([width, height, 4]);
    expect(Buffer.compare(data, Buffer.from(rgba))).toBe(0);
  },
);

test.each([
  [9, 9],
  [14, 9],
  [70, 60],
])('a heat map of %i×%i looks as the one that sharp makes', async (width, height) => {
  const values = Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) / (width - 1), Math.floor(i / width) / (height - 1)];
    return Math.exp(-8 * ((x - 0.7) ** 2 + (y - 0.4) ** 2));
  });
  const { data, info } = await decode(await canvasEncoder.heatMap({ width, height, values }));
  const side = Math.max(56, width, height);
  expect([info.width, info.height]).toEqual([side, side]);
  const levels = Uint8Array.from(values, (value) => Math.round(255 * value));
  const sharps = await sharp(levels, { raw: { width, height, channels: 1 } })
    .resize({ width: side, height: side, fit: 'fill', kernel: 'cubic' })
    .extractChannel(0)
    .raw()
    .toBuffer();
  for (let y = 0; y < side - 1; y++) {
    for (let x = 0; x < side - 1; x++) {
      const at = y * side + x;
      // sharp's picture lies half a pixel to the lower right where it enlarges
      const around = [0, 1, side, side + 1].map((step) => sharps[at + step] as number);
      const level = ((data[4 * at + 3] as number) / 255 - 0.12) / 0.76; // see glow
      expect(Math.abs(255 * level - around.reduce((a, b) => a + b) / 4)).toBeLessThan(6);
    }
  }
});

test('a heat map that needs no enlarging has the colours of its values', async () => {
  const side = 60;
  const values = Array.from({ length: side * side }, (_, i) => (i % 101) / 100);
  const { data } = await decode(await canvasEncoder.heatMap({ width: side, height: side, values }));
  expect([...data]).toEqual(values.flatMap((value) => glow(value)));
});
