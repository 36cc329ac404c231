import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resnet18, saveStateDict } from '@fbsd/backbones';
import { accelerate } from '@fbsd/kernels';
import { Classifier, preprocessingOf } from '@fbsd/trainer';
import { env, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { launchChromium } from '../../../tools/consumer-check/src/browser/chromium.js';
import { describeInChromium } from './support/chromium.ts';
import { handed, openEngine } from './support/engine.ts';
import { DIST, type Site, serveSite } from './support/site.ts';

const SIDE = 224;
const [LEFT, TOP] = [40, 0];
/** Where values do not matter. */
const QUICK = { initialWeights: 'zeros' } as const;

describeInChromium('weights of a plain ResNet', () => {
  let site: Site;
  let browser: Browser;
  let page: Page;
  let folder: string;
  let picture: Buffer;
  /** Probabilities of the likeliest classes, by class index, from Node. */
  let expected: { label: number; probability: number }[];

  beforeAll(async () => {
    env().set('PROD', true); // no advertisement
    await setBackend('wasm');
    accelerate();
    folder = await mkdtemp(join(tmpdir(), 'fbsd-plain-'));
    const bird = sharp(join(DIST, 'birds/bird-2.jpg'));
    picture = await bird.resize(320, 240, { fit: 'fill' }).png().toBuffer();
    for (const classes of [1000, 7]) {
      const args = classes === 1000 ? { seed: 3 } : QUICK;
      const model = resnet18(args).classifier({ inputShape: [SIDE, SIDE, 3], classes });
      await writeFile(join(folder, `resnet18-${classes}.safetensors`), await saveStateDict(model));
      if (classes === 1000) expected = await classified(model);
      model.dispose();
    }
    site = await serveSite();
    browser = await launchChromium();
    page = await openEngine(await browser.newContext(), site);
    await page.evaluate(() => engine.start('wasm', { threads: 2 }));
    await page.setContent('<input type="file">');
  });

  afterAll(async () => {
    await browser?.close();
    site?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('classifies as torchvision’s network does, by the names of ImageNet', async () => {
    const { info, classes } = await opened('resnet18-1000.safetensors');
    expect(info).toMatchObject({ imageSize: SIDE, levels: 0 });
    expect(info.classNames).toHaveLength(1000);
    expect([0, 134, 207, 999].map((label) => info.classNames[label])).toEqual([
      'tench',
      'crane (bird)',
      'golden retriever',
      'toilet tissue',
    ]);
    expect(classes.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
    for (const [i, { probability }] of classes.entries()) {
      expect(probability / (expected[i]?.probability as number)).toBeCloseTo(1, 3);
    }
    expect(classes[0]?.className).toBe(info.classNames[classes[0]?.label as number]);
  });

  test('of other classes are numbered', async () => {
    const { info } = await opened('resnet18-7.safetensors');
    expect(info.classNames).toEqual([1, 2, 3, 4, 5, 6, 7].map((number) => `class ${number}`));
  });

  test('without a classifier are refused, with what to do', async () => {
    const model = resnet18(QUICK).model({ inputShape: [SIDE, SIDE, 3] });
    await writeFile(join(folder, 'body.safetensors'), await saveStateDict(model));
    model.dispose();
    await expect(opened('body.safetensors')).rejects.toThrow(
      'body.safetensors holds neither a complete FBSD nor a ResNet or DenseNet with its classifier. If they are a network’s weights without one, begin a training with them on the screen Train.',
    );
  });

  /** What torchvision tests with, of the square in the middle. */
  async function classified(model: Parameters<typeof preprocessingOf>[0]) {
    const usual = preprocessingOf(model);
    const classifier = new Classifier<Buffer>({
      model,
      classNames: Array.from({ length: 1000 }, (_, i) => String(i)),
      preprocessing: {
        ...usual,
        resize: { ...usual.resize, width: 256, height: 256 },
        crop: { left: 16, top: 16, width: SIDE, height: SIDE },
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
      async decode(bytes) {
        const square = { left: LEFT, top: TOP, width: 240, height: 240 };
        const { data } = await sharp(bytes).extract(square).removeAlpha().raw().toBuffer({
          resolveWithObject: true,
        });
        return { data: new Uint8Array(data), width: 240, height: 240 };
      },
    });
    const classes = await classifier.classify(picture, { top: 5 });
    classifier.dispose();
    return classes;
  }

  async function opened(name: string) {
    await page.locator('input').setInputFiles(join(folder, name));
    return page.evaluate(
      async ({ name, pictures }) => {
        const [blob] = document.querySelector('input')?.files ?? [];
        const files = [{ path: name, blob: blob as Blob }];
        const info = await engine.load(
          { kind: 'files', files },
          proxy(() => {}),
        );
        const [picture] = filesOf(pictures);
        return { info, classes: await engine.classify(picture?.blob as Blob, 5) };
      },
      { name, pictures: handed([{ path: 'bird.png', bytes: picture }]) },
    );
  }
});
