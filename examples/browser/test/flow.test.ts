import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RELAXED_SIMD_FLAGS } from '@fbsd/testing';
import type { MetricsLine } from '@fbsd/trainer';
import type { BrowserContext, Page } from 'playwright-core';
import type { Trained, TrainSettings } from '../src/engine/engine.ts';
import { type Bird, classOf, drawBirds, writeBirds } from './support/birds.ts';
import { describeInChromium, Profile } from './support/chromium.ts';
import { exported, handed, openEngine } from './support/engine.ts';
import { withoutTime } from './support/metrics.ts';
import { type Site, serveSite } from './support/site.ts';
import { weightsOf } from './support/weights.ts';
import { unzipped } from './support/zip.ts';

const THREADS = 2;
const SETTINGS = {
  dataset: 'birds',
  arch: 'mini',
  imageSize: 65,
  batchSize: 4,
  totalEpochs: 2,
  newLearningRate: 0.01,
  pretrainedLearningRate: 0.005,
  warmupSteps: 2,
  logEverySteps: 1,
  saveEverySteps: 2,
  seed: 666,
} as const satisfies Omit<TrainSettings, 'run'>;

const run = promisify(execFile);
const fbsd = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

describeInChromium('from pictures to a model to take along', () => {
  const profile = new Profile();
  let birds: Bird[];
  let site: Site;
  let context: BrowserContext;
  let page: Page;
  let folder: string;
  let trained: Trained & { lines: readonly MetricsLine[] };

  beforeAll(async () => {
    birds = await drawBirds(3, 8);
    folder = await mkdtemp(join(tmpdir(), 'fbsd-birds-'));
    await writeBirds(join(folder, 'birds'), birds);
    site = await serveSite();
    context = await profile.open();
    page = await openEngine(context, site);
    await page.evaluate((threads) => engine.start('wasm', { threads }), THREADS);
  });

  afterAll(async () => {
    await context?.close();
    site?.close();
    await profile.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('pictures become a data set, with what is left out by name', async () => {
    const more = [
      { path: 'tits/again.jpg', bytes: (birds[0] as Bird).bytes },
      { path: 'tits/broken.jpg', bytes: Buffer.from('no picture') },
    ].map((file) => ({ ...file, path: file.path.replace('tits', classOf(birds[0] as Bird)) }));
    const dataset = await page.evaluate(
      async (files) =>
        engine.change(
          'birds',
          { change: 'add', files: filesOf(files) },
          proxy(() => {}),
        ),
      handed([...birds, ...more]),
    );
    expect(dataset.classNames).toEqual([...new Set(birds.map(classOf))].sort());
    expect(dataset.train.length + dataset.test.length).toBe(birds.length);
    expect(dataset.test).toHaveLength(6);
    expect(dataset.unreadable.map(({ path }) => path)).toEqual([more[1]?.path]);
    expect(dataset.duplicates).toEqual([{ path: more[0]?.path, sameAs: birds[0]?.path }]);
    // As it is without them, for what follows.
    await page.evaluate(() => engine.forgetDataset('birds'));
    await page.evaluate(
      async (files) =>
        engine.change(
          'birds',
          { change: 'add', files: filesOf(files) },
          proxy(() => {}),
        ),
      handed(birds),
    );
  });

  test('trains, and tells how it goes', async () => {
    const told = await page.evaluate(
      async (settings) => {
        const lines: MetricsLine[] = [];
        const steps: number[] = [];
        const estimates: number[] = [];
        const trained = await engine.train(
          settings,
          proxy({
            doing() {},
            step: ({ step, totalSteps }) => steps.push(step / totalSteps),
            line: (line) => lines.push(line),
            estimate: ({ secondsLeft }) => estimates.push(secondsLeft),
            notice() {},
          }),
        );
        return { ...trained, lines, steps, estimates };
      },
      { ...SETTINGS, run: 'first' },
    );
    trained = told;
    expect(told.finished).toBe(true);
    expect(told.steps).toEqual(Array.from({ length: 10 }, (_, i) => (i + 1) / 10));
    expect(told.estimates[0]).toBeGreaterThan(0);
    expect(told.estimates.at(-1)).toBe(0);
    expect(told.epochs).toHaveLength(2);
    expect(told.evaluation?.count).toBe(6);
    const best = Math.max(...told.epochs.map(({ test }) => test?.accuracy ?? 0));
    expect(told.evaluation?.accuracy).toBe(best);
    expect(told.mistakes).toHaveLength(Math.round(6 * (1 - best)));
  });

  test('has the losses of Node, bit for bit', async () => {
    const program = fileURLToPath(new URL('support/train-in-node.js', import.meta.url));
    const { dataset: _, ...settings } = { ...SETTINGS, threads: THREADS };
    const { stdout } = await run('node', [
      ...RELAXED_SIMD_FLAGS,
      program,
      join(folder, 'birds'),
      JSON.stringify(settings),
    ]);
    const inNode = JSON.parse(stdout.trim().split('\n').at(-1) as string) as MetricsLine[];
    expect(inNode).toHaveLength(12);
    expect(trained.lines.map(withoutTime)).toEqual(inNode.map(withoutTime));
  });

  test('explains what each level saw', async () => {
    const [explained, other] = await page.evaluate(
      async (files) => {
        await engine.load(
          { kind: 'run', run: 'first' },
          proxy(() => {}),
        );
        return engine.explain(filesOf(files));
      },
      handed([birds[0], birds[9]] as Bird[]),
    );
    expect(explained?.levels).toHaveLength(3);
    expect(explained?.inspection?.heads).toHaveLength(4);
    expect(explained?.classes).toHaveLength(3);
    expect(explained?.photo).toMatch(/^data:image\/jpeg;base64,/);
    expect(explained?.levels[0]?.boosted).toMatch(/^data:image\/svg\+xml/);
    expect(explained?.card).toContain('What each level saw');
    const heat = (one: typeof explained) => one?.inspection?.levels[0]?.heatMap.values;
    expect(heat(other)).not.toEqual(heat(explained));
  });

  test('the exported run predicts in Node what it predicts in the page', async () => {
    const { file, name } = await exported(page, 'first', { kind: 'run' });
    expect(name).toBe('first.zip');
    for (const [path, bytes] of await unzipped(file)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
    const json = join(folder, 'evaluation.json');
    const data = join(folder, 'birds');
    const args = ['evaluate', '--model', join(folder, 'first'), '--data', data, '--json', json];
    await run('node', [fbsd, ...args], { cwd: folder });
    const evaluation = JSON.parse(await readFile(json, 'utf8'));
    expect(evaluation.accuracy).toBe(trained.evaluation?.accuracy);
    expect(evaluation.confusion).toEqual(trained.evaluation?.confusion);
  });

  test.each(['float32', 'float16', 'uint8'] as const)('the model as %s', async (weights) => {
    const { file, accuracy, accuracyBefore } = await exported(page, 'first', {
      kind: 'model',
      weights,
    });
    const files = await unzipped(file);
    const names = ['labels.json', 'model.json', 'preprocessing.json', 'weights.bin'];
    expect([...files.keys()].sort()).toEqual(names.map((name) => `first/${name}`));
    const bytes = files.get('first/weights.bin')?.length as number;
    const perWeight = { float32: 4, float16: 2, uint8: 1 }[weights];
    expect(bytes / (perWeight * 3.94e6)).toBeCloseTo(1, 1);
    if (weights === 'float32') return;
    expect(accuracyBefore).toBe(trained.evaluation?.accuracy);
    expect(accuracy).toBeGreaterThanOrEqual((accuracyBefore as number) - 1 / 6);
  });

  test('what was exported can be loaded again, and names the same class', async () => {
    const [bird] = birds as [Bird];
    const exports = [
      { kind: 'run' },
      { kind: 'model', weights: 'float32' },
      { kind: 'safetensors' },
    ] as const;
    const loaded = await page.evaluate(
      async ({ exports, files }) => {
        const [picture] = filesOf(files);
        const said: { levels: number; label: number | undefined }[] = [];
        for (const what of exports) {
          const { name, blob } = await engine.export(
            'first',
            what,
            proxy(() => {}),
          );
          const source = { kind: 'files' as const, files: [{ path: name, blob }] };
          const { levels } = await engine.load(
            source,
            proxy(() => {}),
          );
          const [best] = await engine.classify(picture?.blob as Blob, 1);
          said.push({ levels, label: best?.label });
        }
        return said;
      },
      { exports, files: handed([bird]) },
    );
    const [first] = loaded;
    expect(first?.levels).toBe(3);
    expect(loaded).toEqual([first, first, first]);
  });

  test('the report needs nothing else', async () => {
    const report = await exported(page, 'first', { kind: 'report' });
    const html = await readFile(report.file, 'utf8');
    expect(html).toContain('Confusion');
    expect(html).not.toMatch(/<script|src="http|href="http/);
  });

  test('killed in the middle of an epoch it goes on to the same weights', async () => {
    const crashing = page;
    const crashed = crashing.waitForEvent('crash');
    const session = await context.newCDPSession(crashing);
    await crashing.exposeFunction('crash', () => void session.send('Page.crash').catch(() => {}));
    crashing
      .evaluate(
        async (settings) => {
          const nothing = () => {};
          const step = ({ step }: { step: number }) =>
            step === 7 && Reflect.get(globalThis, 'crash')();
          await engine.train(
            settings,
            proxy({ doing: nothing, step, line: nothing, estimate: nothing, notice: nothing }),
          );
        },
        { ...SETTINGS, run: 'second' },
      )
      .catch(() => {}); // it ends with its page
    await crashed;

    page = await openEngine(context, site);
    await page.evaluate((threads) => engine.start('wasm', { threads }), THREADS);
    const before = await page.evaluate(async () => (await engine.runs())[0]);
    expect(before).toMatchObject({ run: 'second', state: 'interrupted', epochs: 1 });
    const { finished, epochs } = await page.evaluate(async () => {
      const nothing = () => {};
      return engine.resume(
        'second',
        proxy({ doing: nothing, step: nothing, line: nothing, estimate: nothing, notice: nothing }),
      );
    });
    expect(finished).toBe(true);
    expect(epochs.map(withoutTime)).toEqual(trained.epochs.map(withoutTime));
    expect(await weightsOf(page, 'second')).toEqual(await weightsOf(page, 'first'));
  });

  test('a learning rate that ruins it is told as such', async () => {
    const message = await page.evaluate(
      async (settings) => {
        const nothing = () => {};
        return engine
          .train(
            settings,
            proxy({
              doing: nothing,
              step: nothing,
              line: nothing,
              estimate: nothing,
              notice: nothing,
            }),
          )
          .then(
            () => '',
            (error: Error) => `${error.name}: ${error.message}`,
          );
      },
      { ...SETTINGS, run: 'ruined', newLearningRate: 1e30, pretrainedLearningRate: 1e30 },
    );
    expect(message).toMatch(/^DivergenceError: .*Use smaller learning rates\.$/);
  });
});
