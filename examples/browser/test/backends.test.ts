import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadClassifier } from '@fbsd/cli';
import type { Classification } from '@fbsd/trainer';
import { env, setBackend } from '@tensorflow/tfjs-core';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { launchChromium } from '../../../tools/consumer-check/src/browser/chromium.js';
import type { Backend, Started } from '../src/engine/engine.ts';
import { type Bird, drawBirds } from './support/birds.ts';
import { describeInChromium } from './support/chromium.ts';
import { handed, openEngine } from './support/engine.ts';
import { type Site, serveSite } from './support/site.ts';

import '@tensorflow/tfjs-backend-cpu';

const MODEL = fileURLToPath(new URL('../public/model', import.meta.url));
const BIRD = new URL('../public/birds/bird-2.jpg', import.meta.url);
const CLASSES = 10;

describeInChromium('what computes', () => {
  let site: Site;
  let browser: Browser;
  let page: Page;
  let pictures: Bird[];
  /** Of each picture, by plain JavaScript in Node. */
  let expected: Classification[][];

  beforeAll(async () => {
    const bird = readFileSync(BIRD);
    // Lying on its back, so that the model is not sure.
    const turned = await sharp(bird).rotate(90).jpeg().toBuffer();
    pictures = [
      { path: 'bird.jpg', bytes: bird },
      { path: 'turned.jpg', bytes: turned },
    ];
    env().set('PROD', true); // no advertisement
    await setBackend('cpu');
    const classifier = await loadClassifier(MODEL);
    const bytes = pictures.map((picture) => new Uint8Array(picture.bytes));
    expected = await classifier.classifyAll(bytes, { top: CLASSES });
    classifier.dispose();
    site = await serveSite();
    browser = await launchChromium();
    page = await openEngine(await browser.newContext(), site);
  });

  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  test('the model is unsure of one picture, so that small differences show', () => {
    const [surest] = expected[1] ?? [];
    expect(surest?.probability).toBeLessThan(0.99);
  });

  test.each(['webgpu', 'webgl'] as const)(
    '%s of a program on the CPU is refused',
    async (wanted) => {
      const message = await page.evaluate(
        (wanted) =>
          engine.start(wanted).then(
            () => 'started',
            (error: Error) => error.message,
          ),
        wanted,
      );
      expect(message).toMatch(/computes on the CPU.*Choose another backend\.$/);
    },
  );

  test('wasm on threads is taken, and it is said why no GPU is', async () => {
    const started = await page.evaluate(() => engine.start());
    expect(started.backend).toBe('wasm');
    expect(started.passedOver).toHaveLength(1);
    expect(started.passedOver[0]).toMatch(/WebGPU/);
  });

  test('one that cannot be had leaves the one before, with its model', async () => {
    const { message, classes } = await page.evaluate(async (files) => {
      await engine.load(
        { kind: 'bundled' },
        proxy(() => {}),
      );
      const message = await engine
        .start('webgl') // of a program on the CPU
        .then(
          () => '',
          (error: Error) => error.message,
        );
      const [picture] = filesOf(files);
      return { message, classes: await engine.classify(picture?.blob as Blob, 1) };
    }, handed(pictures));
    expect(message).toMatch(/computes on the CPU/);
    expect(classes[0]?.label).toBe(expected[0]?.[0]?.label);
  });

  test.each(['wasm', 'webgl', 'webgpu'] as const)(
    '%s computes what plain JavaScript does',
    async (wanted) => {
      const { started, classes, compiled } = await predicted(page, wanted, pictures);
      expect(started.backend).toBe(wanted);
      const { done, total } = compiled.at(-1) ?? { done: 0, total: 0 };
      expect(total > 10).toBe(wanted === 'webgpu');
      expect(done).toBeLessThanOrEqual(total);
      for (const [i, picture] of expected.entries()) {
        for (const { label, probability } of picture) {
          const got = classes[i]?.find((one) => one.label === label)?.probability;
          expect(Math.abs((got as number) - probability)).toBeLessThan(1e-4);
        }
      }
    },
  );

  test('training goes on with wasm when the GPU is lost, and so does prediction', async () => {
    const birds = await drawBirds(2, 6, 64);
    const session = await browser.newBrowserCDPSession();
    await page.exposeFunction('loseGPU', () => {
      void session.send('Browser.crashGpuProcess').catch(() => {}); // it ends without an answer
    });
    const { notices, finished, name } = await page.evaluate(async (files) => {
      const change = { change: 'add' as const, files: filesOf(files) };
      const dataset = await engine.change(
        'birds',
        change,
        proxy(() => {}),
      );
      const notices: string[] = [];
      const lose = Reflect.get(globalThis, 'loseGPU');
      let isLost = false;
      const events = {
        doing() {},
        step() {
          if (!isLost) lose(); // after a whole step
          isLost = true;
        },
        line() {},
        estimate() {},
        notice: (sentence: string) => void notices.push(sentence),
      };
      const { finished } = await engine.train(
        {
          run: 'lost',
          dataset: 'birds',
          arch: 'mini',
          imageSize: 65,
          batchSize: 4,
          totalEpochs: 10, // it is lost before they are done
          newLearningRate: 0.005,
          pretrainedLearningRate: 0.005,
        },
        proxy(events),
      );
      return { notices, finished, name: dataset.name };
    }, handed(birds));
    expect(name).toBe('birds');
    expect(notices).toEqual([expect.stringMatching(/^The GPU was lost.*WebAssembly/)]);
    expect(finished).toBe(true);
    const again = await page.evaluate(
      (files) => Promise.all(filesOf(files).map(({ blob }) => engine.classify(blob, 1))),
      handed(pictures),
    );
    expect(again.map(([best]) => best?.label)).toEqual(expected.map(([best]) => best?.label));
  });
});

async function predicted(
  page: Page,
  wanted: Backend,
  pictures: readonly Bird[],
): Promise<{
  started: Started;
  classes: Classification[][];
  compiled: { done: number; total: number }[];
}> {
  return page.evaluate(
    async ({ wanted, files, top }) => {
      const started = await engine.start(wanted, { allowSoftware: true });
      const compiled: { done: number; total: number }[] = [];
      await engine.load(
        { kind: 'bundled' },
        proxy(({ what, done, total = 0 }) => {
          if (what === 'compiling') compiled.push({ done, total });
        }),
      );
      const classes: Classification[][] = [];
      for (const { blob } of filesOf(files)) classes.push(await engine.classify(blob, top));
      return { started, classes, compiled };
    },
    { wanted, files: handed(pictures), top: CLASSES },
  );
}
