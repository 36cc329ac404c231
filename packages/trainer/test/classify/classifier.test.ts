import { describeBackends } from '@fbsd/testing';
import { memory } from '@tensorflow/tfjs-core';
import { type Classification, Classifier } from '../../src/classify/classifier.ts';
import { preprocessingOf } from '../../src/classify/preprocessing.ts';
import { view } from '../../src/data/batches.ts';
import { randomStream } from '../../src/data/random.ts';
import type { Pixels } from '../../src/resize/resize.ts';
import { predict } from '../../src/train/predict.ts';
import { CLASSES, SIDE, smallModel } from '../support/small-model.ts';

const noise = (width: number, height: number, channels = 3): Pixels => {
  const next = randomStream(width, height);
  const data = Uint8Array.from({ length: width * height * channels }, () => 256 * next());
  return { data, width, height };
};
const pictures: Record<string, Pixels> = { a: noise(34, 27), b: noise(9, 50) };
const decode = async (name: string) => {
  const picture = pictures[name];
  if (!picture) throw new Error(`there is no ${name}`);
  return picture;
};
const classNames = ['tit', 'robin', 'wren', 'crow', 'jay'];

/** Batches of other sizes round otherwise. */
const approximately = (classifications: Classification[]) =>
  classifications.map((one) => ({ ...one, probability: expect.closeTo(one.probability, 5) }));

describeBackends('Classifier', () => {
  const model = () => smallModel();
  const classifier = () => {
    const network = model();
    const preprocessing = preprocessingOf(network);
    const made = new Classifier({ model: network, classNames, preprocessing, decode });
    network.dispose();
    return made;
  };

  test('gives the classes and probabilities of the trainer', async () => {
    const network = model();
    const source = { read: ({ path }: { path: string }) => decode(path) };
    const views = await Promise.all(
      ['a', 'b'].map((path) => view(source, { path }, { imageSize: SIDE })),
    );
    const images = views.map((one) => one.images);
    const expected = await predict(network, images, SIDE, 3);
    network.dispose();

    const one = classifier();
    const got = await one.classifyAll(['a', 'b'], { top: 3 });
    one.dispose();
    expect(got).toHaveLength(2);
    got.forEach((classifications, i) => {
      expect(classifications.map(({ label }) => label)).toEqual(expected[i]?.map((p) => p.label));
      classifications.forEach(({ className, label, probability }, j) => {
        expect(className).toBe(classNames[label]);
        expect(probability).toBeCloseTo(expected[i]?.[j]?.probability as number, 5);
      });
    });
  });

  test('with flip says the same of a picture and of its mirror image, without it does not', async () => {
    const network = model();
    const whole = { left: 0, top: 0, width: SIDE, height: SIDE };
    const usual = preprocessingOf(network);
    const resize = { ...usual.resize, width: SIDE, height: SIDE };
    const preprocessing = { ...usual, resize, crop: whole };
    const one = new Classifier({ model: network, classNames, preprocessing, decode });
    network.dispose();
    const { data, width, height } = pictures['a'] as Pixels;
    const mirrored = data.map((_, i) => {
      const x = Math.floor(i / 3) % width;
      return data[i + 3 * (width - 1 - 2 * x)] as number;
    });
    const both = ['a', { data: mirrored, width, height }];
    const [flipped, ofMirrored] = await one.classifyAll(both, { flip: true });
    expect(approximately(ofMirrored as Classification[])).toEqual(flipped);
    const [plain, other] = await one.classifyAll(both);
    expect(other).not.toEqual(approximately(plain as Classification[]));
    one.dispose();
  });

  test('takes decoded pictures, RGB or RGBA, whose opacity it drops', async () => {
    const one = classifier();
    const rgb = pictures['a'] as Pixels;
    const data = new Uint8ClampedArray(rgb.width * rgb.height * 4).fill(77);
    rgb.data.forEach((byte, i) => {
      data[Math.floor(i / 3) * 4 + (i % 3)] = byte;
    });
    const expected = await one.classify('a');
    expect(expected).toHaveLength(CLASSES);
    expect(await one.classify(rgb)).toEqual(expected);
    expect(await one.classify({ ...rgb, data })).toEqual(expected);
    expect(await one.classify('b')).not.toEqual(expected);
    one.dispose();
  });

  test('heeds the mean, the std and the crop of its preprocessing', async () => {
    const network = model();
    const usual = preprocessingOf(network);
    const answer = async (change: Partial<typeof usual>) => {
      const preprocessing = { ...usual, ...change };
      const one = new Classifier({ model: network, classNames, preprocessing, decode });
      const answered = await one.classify('a');
      one.dispose();
      return answered;
    };
    const expected = await answer({});
    expect(await answer({ mean: [0.485, 0.456, 0.406] })).not.toEqual(expected);
    expect(await answer({ std: [0.5, 0.5, 0.25] })).not.toEqual(expected);
    expect(await answer({ crop: { ...usual.crop, left: 0 } })).not.toEqual(expected);
    network.dispose();
  });

  test('more pictures than go through the model at once keep their order, and nothing stays behind', async () => {
    const one = classifier();
    const names = Array.from({ length: 19 }, (_, i) => (i % 3 === 0 ? 'a' : 'b'));
    const [a, b] = [await one.classify('a'), await one.classify('b')];
    const before = memory().numTensors;
    const all = await one.classifyAll(names);
    expect(memory().numTensors).toBe(before);
    expect(all).toEqual(names.map((name) => (name === 'a' ? a : b)).map(approximately));
    expect(await one.classifyAll([])).toEqual([]);
    one.dispose();
  });

  test('refuses what cannot be decoded or does not fit', async () => {
    const network = model();
    const preprocessing = preprocessingOf(network);
    const args = { model: network, classNames, preprocessing, decode };
    const one = new Classifier(args);
    await expect(one.classify('c')).rejects.toThrow('there is no c');
    const gaps = { data: new Uint8Array(3 * 10 * 11), width: 10, height: 10 };
    await expect(one.classify(gaps)).rejects.toThrow('got 330 bytes for 10×10');
    expect(() => new Classifier({ ...args, classNames: ['tit'] })).toThrow(
      'knows 5 classes; got 1',
    );
    const { crop } = preprocessing;
    const other = { ...preprocessing, crop: { ...crop, width: 7, height: 7 } };
    expect(() => new Classifier({ ...args, preprocessing: other })).toThrow(
      `takes images of ${SIDE}×${SIDE}, but preprocessing gives 7×7`,
    );
    one.dispose();
    network.dispose();
  });
});
