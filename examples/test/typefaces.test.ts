import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureMini, loadClassFolders } from '@fbsd/datasets';
import sharp from 'sharp';
import { typefaces } from '../typefaces/dataset.ts';
import { type Family, packageOf, WEIGHTS } from '../typefaces/families.ts';
import { FAMILY_SETS } from '../typefaces/family-sets.ts';
import { npmProject } from '../typefaces/fetch-fonts.ts';
import { ensureFonts, openFonts } from '../typefaces/fonts.ts';
import { outlineOf } from '../typefaces/outline.ts';
import { drawPicture, type PictureKey, renderPicture } from '../typefaces/picture.ts';
import { TEST_WORDS, TRAIN_WORDS } from '../typefaces/words.ts';

const ALL = [...FAMILY_SETS.sans.families, ...FAMILY_SETS.mixed.families];
/** Two of the families, whose packages are installed for these tests. */
const TWO = ALL.filter(({ name }) => ['radio-canada-big', 'spline-sans'].includes(name));
const KEY: PictureKey = { seed: 1, label: 0, number: 1, isTraining: true };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-typefaces-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** In place of npm: copies what is installed. */
async function installed(workplace: string, families: readonly Family[]): Promise<void> {
  const require = createRequire(import.meta.url);
  for (const family of families) {
    const from = dirname(require.resolve(`${packageOf(family)}/package.json`));
    await cp(from, join(workplace, 'node_modules', packageOf(family)), { recursive: true });
  }
}

async function twoFonts() {
  await ensureFonts(join(folder, 'fonts'), TWO, installed);
  return Promise.all(TWO.map((family) => openFonts(join(folder, 'fonts'), family)));
}

describe('words', () => {
  test('to test on are others than those to train on', () => {
    const all = [...TRAIN_WORDS, ...TEST_WORDS];
    expect(new Set(all).size).toBe(all.length);
    expect(TRAIN_WORDS.length).toBeGreaterThan(100);
    expect(TEST_WORDS.length).toBeGreaterThan(40);
    for (const word of all) expect(word).toMatch(/^[a-z]{3,5}$/);
  });

  test.each([
    ['train', TRAIN_WORDS],
    ['test', TEST_WORDS],
  ])('to %s on have every letter', (_, words) => {
    expect([...new Set(words.join(''))].sort().join('')).toBe('abcdefghijklmnopqrstuvwxyz');
  });
});

describe('families', () => {
  test.each(Object.entries(FAMILY_SETS))('of %s are 64, by name', (_, { families }) => {
    const names = families.map(({ name }) => name);
    expect(names).toHaveLength(64);
    expect(names).toEqual([...new Set(names)].sort());
  });

  test('are in one set alone, of licences that let everybody use them', () => {
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
    for (const { version, licence, integrity } of ALL) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(['OFL-1.1', 'Apache-2.0', 'Unlicense']).toContain(licence);
      expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
    }
  });

  test('are in the README with their licences', async () => {
    const readme = await readFile(new URL('../typefaces/README.md', import.meta.url), 'utf8');
    for (const { name } of ALL) expect(readme).toContain(`\`${name}\``);
    expect(readme).toContain('Unlicense');
    expect(readme).toContain('Apache License 2.0: `roboto-slab`');
  });

  test('npm is told versions and checksums, and no registry', () => {
    const { manifest, lock } = npmProject(TWO);
    expect(manifest.dependencies).toEqual({
      '@fontsource/radio-canada-big': TWO[0]?.version,
      '@fontsource/spline-sans': TWO[1]?.version,
    });
    const packages = lock.packages as Record<string, object>;
    expect(packages['']).toEqual({ name: manifest.name, dependencies: manifest.dependencies });
    const { version, integrity, licence } = TWO[0] as Family;
    expect(packages['node_modules/@fontsource/radio-canada-big']).toEqual({
      version,
      integrity,
      license: licence,
    });
    expect(JSON.stringify(lock)).not.toContain('http');
  });
});

describe('ensureFonts', () => {
  const root = () => join(folder, 'data', 'fonts');

  test('keeps four weights and the licence of each family, and nothing else', async () => {
    expect(await ensureFonts(root(), TWO, installed)).toBe(true);
    expect(await readdir(join(folder, 'data'))).toEqual(['fonts']);
    expect((await readdir(root())).sort()).toEqual([
      'families.json',
      'radio-canada-big',
      'spline-sans',
    ]);
    expect((await readdir(join(root(), 'spline-sans'))).sort()).toEqual([
      'LICENSE',
      ...WEIGHTS.map((weight) => `spline-sans-latin-${weight}-normal.woff`),
    ]);
  });

  test('uses them again, fetches what is gone', async () => {
    await ensureFonts(root(), TWO, installed);
    expect(await ensureFonts(root(), TWO, () => Promise.reject(new Error('again')))).toBe(false);
    const file = join(root(), 'spline-sans', 'spline-sans-latin-500-normal.woff');
    const before = await readFile(file);
    await rm(file);
    expect(await ensureFonts(root(), TWO, installed)).toBe(true);
    expect(await readFile(file)).toEqual(before);
  });

  test('leaves what was there, and nothing beside it, when they cannot be fetched', async () => {
    await ensureFonts(root(), TWO.slice(0, 1), installed);
    const fails = () => Promise.reject(new Error('no network'));
    await expect(ensureFonts(root(), TWO, fails)).rejects.toThrow('no network');
    expect(await readdir(join(folder, 'data'))).toEqual(['fonts']);
    expect(await ensureFonts(root(), TWO.slice(0, 1), fails)).toBe(false);
  });

  test('leaves a folder of something else alone', async () => {
    await mkdir(root(), { recursive: true });
    await writeFile(join(root(), 'mine.txt'), 'my own');
    await expect(ensureFonts(root(), TWO, installed)).rejects.toThrow(
      `[typefaces] ${root()} holds something else than the fonts.`,
    );
    expect(await readdir(root())).toEqual(['mine.txt']);
  });
});

describe('outlineOf', () => {
  test('small letters are as high as was asked, whatever the font', async () => {
    for (const fonts of await twoFonts()) {
      for (const font of fonts) {
        const ys = pointsOf(outlineOf(font, 'xz', 20).path).map(([, y]) => y);
        expect(Math.min(...ys)).toBeCloseTo(-20, 0);
        expect(Math.max(...ys)).toBeCloseTo(0, 0);
      }
    }
  });

  test('a word is as wide as its letters, one after the other', async () => {
    const [[font]] = (await twoFonts()) as [[Parameters<typeof outlineOf>[0]]];
    const [one, two] = [outlineOf(font, 'nn', 20), outlineOf(font, 'nnnn', 20)];
    expect(two.width).toBeCloseTo(2 * one.width, 5);
    const xs = pointsOf(two.path).map(([x]) => x);
    expect(Math.max(...xs)).toBeGreaterThan(0.9 * two.width);
    expect(Math.max(...xs)).toBeLessThan(two.width);
  });
});

describe('drawPicture', () => {
  test('the same key gives the same picture; every part of the key another one', async () => {
    const [fonts = []] = await twoFonts();
    const first = drawPicture(fonts, KEY, 160);
    expect(drawPicture(fonts, KEY, 160)).toEqual(first);
    for (const change of [{ seed: 2 }, { label: 1 }, { number: 2 }, { isTraining: false }]) {
      expect(drawPicture(fonts, { ...KEY, ...change }, 160).svg).not.toBe(first.svg);
    }
  });

  test('families share everything but the letters', async () => {
    const [a = [], b = []] = await twoFonts();
    for (let number = 1; number <= 10; number++) {
      const [one, other] = [a, b].map((fonts) => drawPicture(fonts, { ...KEY, number }, 160));
      expect(one?.svg).not.toBe(other?.svg);
      expect([one?.words, one?.blur, one?.quality]).toEqual([
        other?.words,
        other?.blur,
        other?.quality,
      ]);
      const ground = (svg = '') => svg.slice(0, svg.indexOf('<g fill'));
      expect(ground(one?.svg)).toBe(ground(other?.svg));
    }
  });

  test('words come from the list of their part, in small letters, with a capital or all capitals', async () => {
    const [fonts = []] = await twoFonts();
    const drawn = (isTraining: boolean) =>
      Array.from({ length: 60 }, (_, i) =>
        drawPicture(fonts, { ...KEY, number: i + 1, isTraining }, 160),
      ).flatMap(({ words }) => words);
    for (const [isTraining, list] of [
      [true, TRAIN_WORDS],
      [false, TEST_WORDS],
    ] as const) {
      const words = drawn(isTraining);
      for (const word of words) expect(list).toContain(word.toLowerCase());
      for (const form of [/^[a-z]+$/, /^[A-Z][a-z]+$/, /^[A-Z]+$/]) {
        expect(words.some((word) => form.test(word))).toBe(true);
      }
    }
  });

  test('the letters stand out from what is behind them, and are in the picture', async () => {
    const [fonts = []] = await twoFonts();
    for (let number = 1; number <= 12; number++) {
      const picture = drawPicture(fonts, { ...KEY, number }, 160);
      const [without, withLetters] = await Promise.all(
        [picture.svg.replace(/<g fill.*<\/g>/, ''), picture.svg].map((svg) => pixels(svg)),
      );
      const changes = (withLetters as Buffer).map((value, i) =>
        Math.abs(value - ((without as Buffer)[i] as number)),
      );
      const touched = changes.filter((change) => change > 8).length;
      const clear = changes.filter((change) => change > 60).length;
      expect({ number, ink: touched > 160 * 160 * 0.05 }).toEqual({ number, ink: true });
      expect({ number, clear: clear > 0.5 * touched }).toEqual({ number, clear: true });
      const edge = changes.filter(
        (change, i) => change > 8 && [0, 159].some((e) => i % 160 === e || (i / 160) >> 0 === e),
      );
      expect({ number, cut: edge.length }).toEqual({ number, cut: 0 });
    }
  });

  test('is rendered at the size that was asked for', async () => {
    const [fonts = []] = await twoFonts();
    const jpeg = await renderPicture(drawPicture(fonts, KEY, 96));
    const { format, width, height } = await sharp(jpeg).metadata();
    expect([format, width, height]).toEqual(['jpeg', 96, 96]);
  });
});

test('the data set is a folder for each family, the same bytes again, and reads without a fault', async () => {
  const fonts = join(folder, 'fonts');
  const words = typefaces('two', fonts, TWO, installed);
  const settings = { seed: 3, trainPerClass: 3, testPerClass: 2, imageSize: 64 };
  const paths = ['a', 'b'].map((name) => join(folder, name));
  for (const path of paths) {
    expect(await ensureMini(words, path, settings)).toEqual({ drawn: true });
  }
  expect(await ensureMini(words, paths[0] as string, settings)).toEqual({ drawn: false });
  const [a, b] = await Promise.all(paths.map((path) => loadClassFolders(path)));
  expect(a?.classNames).toEqual(['radio-canada-big', 'spline-sans']);
  expect(a?.warnings).toEqual([]);
  expect(a?.train.map(({ label }) => label)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(a?.test.map(({ label }) => label)).toEqual([0, 0, 1, 1]);
  for (const [i, { path }] of (a?.train ?? []).entries()) {
    expect(await readFile(b?.train[i]?.path as string)).toEqual(await readFile(path));
  }
});

function pixels(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg)).flatten().greyscale().raw().toBuffer();
}

/** The points of SVG path data, those that bend curves included. */
function pointsOf(path: string): [number, number][] {
  const numbers = (path.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  return numbers.flatMap((x, i) => (i % 2 === 0 ? [[x, numbers[i + 1] as number]] : []));
}
