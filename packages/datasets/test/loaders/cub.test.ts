import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCub } from '../../src/loaders/cub.ts';
import { fixture } from '../support/fixtures.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { type Files, lines, tinyPath, writeTinyCub } from '../support/tiny-cub.ts';

const folder = temporaryFolder();

/** Loads the tiny data set with some of its files changed. */
async function loadChanged(changes: Files, options = {}) {
  await writeTinyCub(folder(), changes);
  return loadCub(folder(), options);
}

describe('loadCub', () => {
  describe('values', () => {
    test('joins the files by id, whatever the order of their lines', async () => {
      await writeTinyCub(folder());
      const data = await loadCub(folder());
      expect(data.classNames).toEqual(['001.Great Tit', '002.Robin', '003.Wren']);
      expect(data.partNames).toEqual(['beak', 'left wing']);
      expect(data.root).toBe(folder());
      expect(data.warnings).toEqual([]);
      expect(data.train.map(({ id, label }) => [id, label])).toEqual([
        [1, 0],
        [3, 2],
        [4, 0],
      ]);
      expect(data.test.map(({ id, label }) => [id, label])).toEqual([
        [2, 1],
        [5, 1],
        [6, 2],
      ]);
      expect(data.train[1]).toEqual({
        id: 3,
        path: join(folder(), 'images', tinyPath(3)),
        file: tinyPath(3),
        label: 2,
        box: { x: 3, y: 2.5, width: 30, height: 20 },
        parts: [
          { part: 1, x: 0, y: 0, visible: false },
          { part: 0, x: 3.5, y: 4, visible: true },
        ],
      });
    });

    test('does without boxes and parts', async () => {
      const data = await loadChanged({
        'bounding_boxes.txt': undefined,
        'parts/parts.txt': undefined,
        'parts/part_locs.txt': undefined,
      });
      expect(data.partNames).toEqual([]);
      expect(Object.keys(data.train[0] ?? {})).toEqual(['id', 'path', 'file', 'label']);
    });

    test('paths with backslashes', async () => {
      const ids = [1, 2, 3, 4, 5, 6];
      const data = await loadChanged({
        'images.txt': lines(ids.map((id) => `${id} ${tinyPath(id).replaceAll('/', '\\')}`)),
      });
      expect(data.train[0]?.path).toBe(join(folder(), 'images', tinyPath(1)));
    });

    test('a list that is a pipe is refused, not waited for', async () => {
      await writeTinyCub(folder(), { 'images.txt': undefined });
      execFileSync('mkfifo', [join(folder(), 'images.txt')]);
      await expect(loadCub(folder())).rejects.toThrow('images.txt cannot be read: it is a pipe.');
    });

    test('finds CUB_200_2011 in the folder above', async () => {
      await writeTinyCub(join(folder(), 'CUB_200_2011'));
      const data = await loadCub(folder());
      expect(data.root).toBe(join(folder(), 'CUB_200_2011'));
      expect(data.name).toBe('CUB_200_2011');
      expect(data.train).toHaveLength(3);
    });

    test('reads Windows line ends, a byte order mark and empty lines', async () => {
      const data = await loadChanged({
        'classes.txt': '\uFEFF1 001.Great Tit\r\n2  002.Robin\r\n\r\n3\t003.Wren \r\n',
      });
      expect(data.classNames).toEqual(['001.Great Tit', '002.Robin', '003.Wren']);
    });

    test('passes a picture of another format or with bytes after its end', async () => {
      const jpeg = await readFile(fixture('source.jpg'));
      const png = await readFile(fixture('alpha.png'));
      const data = await loadChanged({
        [`images/${tinyPath(1)}`]: Buffer.concat([jpeg, Buffer.alloc(20)]),
        [`images/${tinyPath(2)}`]: png,
        [`images/${tinyPath(3)}`]: await readFile(fixture('palette.gif')),
      });
      expect(data.train.length + data.test.length).toBe(6);
    });
  });

  describe('warnings', () => {
    const classes = Array.from({ length: 200 }, (_, i) => `${i + 1} class ${i + 1}`);

    test('names counts that differ from the published ones when there are 200 classes', async () => {
      const data = await loadChanged({ 'classes.txt': lines(classes) });
      expect(data.name).toBe('CUB-200-2011');
      expect(data.warnings).toEqual([
        'CUB-200-2011 has 5994 training images; this copy has 3, 5991 fewer.',
        'CUB-200-2011 has 5794 test images; this copy has 3, 5791 fewer.',
      ]);
    });

    test('says when a part of the split is empty', async () => {
      const split = (value: number) => ({
        'train_test_split.txt': lines([1, 2, 3, 4, 5, 6].map((id) => `${id} ${value}`)),
      });
      expect((await loadChanged(split(1))).warnings).toEqual(['There are no test images.']);
      expect((await loadChanged(split(0))).warnings).toEqual(['There are no training images.']);
    });
  });

  describe('errors of the folder', () => {
    test('no folder', async () => {
      const root = join(folder(), 'nowhere');
      await expect(loadCub(root)).rejects.toThrow(
        `[@fbsd/datasets] loadCub: there is no folder ${root}. Unpack CUB_200_2011.tgz`,
      );
    });

    test('a folder with something else says where it looked', async () => {
      await expect(loadCub(folder())).rejects.toThrow(
        `found none of images, images.txt, image_class_labels.txt, train_test_split.txt, classes.txt in ${folder()} or ${join(folder(), 'CUB_200_2011')}.`,
      );
    });

    test('half a folder says what is missing', async () => {
      await writeTinyCub(folder());
      await rm(join(folder(), 'images'), { recursive: true });
      await rm(join(folder(), 'train_test_split.txt'));
      await expect(loadCub(folder())).rejects.toThrow(
        `${folder()} is incomplete: it lacks images, train_test_split.txt.`,
      );
    });

    test.each([['parts/parts.txt'], ['parts/part_locs.txt']])('parts without %s', async (file) => {
      await expect(loadChanged({ [file]: undefined })).rejects.toThrow(
        `${join(folder(), file)} is missing.`,
      );
    });
  });

  describe('errors of a line', () => {
    const usual = (file: 'boxes' | 'locations') =>
      file === 'boxes'
        ? [1, 2, 3, 4, 5].map((id) => `${id} 1 1 9 9`)
        : [1, 2, 3, 4, 5].map((id) => `${id} 1 1 1 1`);

    test.each<[string, string, string[], string]>([
      [
        'a line without path',
        'images.txt',
        ['1 a.jpg', '2'],
        'images.txt:2: expected <image id> <path>; got "2".',
      ],
      [
        'an id that is no number',
        'images.txt',
        ['', 'one a.jpg'],
        'images.txt:2: expected <image id> <path>; got "one a.jpg".',
      ],
      [
        'id 0',
        'images.txt',
        ['0 a.jpg'],
        'images.txt:1: expected <image id> <path>; got "0 a.jpg".',
      ],
      [
        'a label that is no number',
        'image_class_labels.txt',
        ['1 1', '2 2', '3 x', '4 1', '5 2', '6 3'],
        'image_class_labels.txt:3: expected <image id> <class id>; got "3 x".',
      ],
      [
        'two labels in a line',
        'image_class_labels.txt',
        ['1 1 2', '2 2', '3 3', '4 1', '5 2', '6 3'],
        'image_class_labels.txt:1: expected <image id> <class id>; got "1 1 2".',
      ],
      [
        'class 0',
        'image_class_labels.txt',
        ['1 1', '2 0', '3 3', '4 1', '5 2', '6 3'],
        'image_class_labels.txt:2: class id 0 is not in 1…3, the classes of classes.txt.',
      ],
      [
        'a class too high',
        'image_class_labels.txt',
        ['1 1', '2 2', '3 3', '4 4', '5 2', '6 3'],
        'image_class_labels.txt:4: class id 4 is not in 1…3',
      ],
      [
        'a split of 2',
        'train_test_split.txt',
        ['1 1', '2 2', '3 1', '4 1', '5 1', '6 1'],
        'train_test_split.txt:2: expected <image id> <1 = train, 0 = test>; got "2 2".',
      ],
      [
        'classes with a gap',
        'classes.txt',
        ['1 a', '2 b', '4 d'],
        'classes.txt:3: got id 4, but the ids of 3 lines must be 1…3.',
      ],
      [
        'an empty file',
        'classes.txt',
        [''],
        'classes.txt is empty: expected lines <class id> <name>.',
      ],
      [
        'an id twice',
        'images.txt',
        ['1 a.jpg', '2 b.jpg', '1 c.jpg'],
        'images.txt:3: id 1 is already at images.txt:1. Remove one of the lines.',
      ],
      [
        'a picture twice',
        'images.txt',
        [1, 2, 3, 4, 5].map((id) => `${id} ${tinyPath(id)}`).concat(`6 ${tinyPath(2)}`),
        `images.txt:6: ${tinyPath(2)} is already at images.txt:2.`,
      ],
      [
        'a label missing',
        'image_class_labels.txt',
        ['1 1', '2 2', '3 3', '4 1'],
        'images.txt:5: id 5 is missing in image_class_labels.txt (and 1 more like it). Both files must come from the same copy of the data set.',
      ],
      [
        'a label too many',
        'image_class_labels.txt',
        ['1 1', '2 2', '3 3', '4 1', '5 2', '6 3', '7 1'],
        'image_class_labels.txt:7: id 7 is missing in images.txt.',
      ],
      [
        'a split missing',
        'train_test_split.txt',
        ['1 1', '2 0', '3 1', '4 1', '5 0'],
        'images.txt:6: id 6 is missing in train_test_split.txt.',
      ],
      [
        'a box missing',
        'bounding_boxes.txt',
        usual('boxes'),
        'images.txt:6: id 6 is missing in bounding_boxes.txt.',
      ],
      [
        'a box cut off',
        'bounding_boxes.txt',
        [...usual('boxes'), '6 1 1 9'],
        'bounding_boxes.txt:6: expected <image id> <x> <y> <width> <height>; got "6 1 1 9".',
      ],
      [
        'a part too high',
        'parts/part_locs.txt',
        [...usual('locations'), '6 3 1 1 1'],
        'parts/part_locs.txt:6: part id 3 is not in 1…2, the parts of parts/parts.txt.',
      ],
      [
        'a part twice',
        'parts/part_locs.txt',
        [...usual('locations'), '6 1 1 1 1', '6 1 2 2 1'],
        'parts/part_locs.txt:7: part 1 of image 6 comes a second time.',
      ],
      [
        'a part that is half visible',
        'parts/part_locs.txt',
        [...usual('locations'), '6 1 1 1 0.5'],
        'parts/part_locs.txt:6: expected <image id> <part id> <x> <y> <visible: 0 or 1>; got "6 1 1 1 0.5".',
      ],
      [
        'parts missing for an image',
        'parts/part_locs.txt',
        usual('locations'),
        'images.txt:6: id 6 is missing in parts/part_locs.txt.',
      ],
    ])('%s', async (_, file, content, message) => {
      await expect(loadChanged({ [file]: lines(content) })).rejects.toThrow(message);
    });
  });

  describe('pictures', () => {
    const damaged = async (): Promise<Files> => ({
      [`images/${tinyPath(1)}`]: await readFile(fixture('truncated.jpg')),
      [`images/${tinyPath(2)}`]: undefined,
      [`images/${tinyPath(4)}`]: await readFile(fixture('empty.jpg')),
      [`images/${tinyPath(5)}`]: await readFile(fixture('not_an_image.jpg')),
    });

    test('lists what is missing, truncated, empty or no picture', async () => {
      const path = (id: number) => join(folder(), 'images', tinyPath(id));
      await expect(loadChanged(await damaged())).rejects.toThrow(
        '[@fbsd/datasets] loadCub: images.txt: 4 of 6 pictures cannot be read: ' +
          `${path(1)} (truncated), ${path(2)} (missing), ` +
          `${path(4)} (empty), ` +
          `${path(5)} (no picture of a known format). ` +
          'Unpack the data set again, or go on without them with skipCorrupt.',
      );
    });

    test('goes on without them when told to, and says so', async () => {
      const data = await loadChanged(await damaged(), { skipCorrupt: true });
      expect(data.train.map(({ id }) => id)).toEqual([3]);
      expect(data.test.map(({ id }) => id)).toEqual([6]);
      expect(data.warnings).toHaveLength(1);
      expect(data.warnings[0]).toMatch(/^Left out: 4 of 6 pictures cannot be read: .*Bird_0001/);
    });

    test('names five of many, and does not go on without any', async () => {
      await writeTinyCub(folder());
      for (const id of [1, 2, 3, 4, 5, 6]) {
        await writeFile(join(folder(), 'images', tinyPath(id)), 'text');
      }
      const error = await loadCub(folder(), { skipCorrupt: true }).catch((e: Error) => e);
      expect(error).toBeInstanceOf(Error);
      const { message } = error as Error;
      expect(message).toMatch(
        /6 of 6 pictures cannot be read: .*\), …\. Unpack the data set again\.$/,
      );
      expect(message.match(/Bird_/g)).toHaveLength(5);
    });
  });
});
