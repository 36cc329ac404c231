import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../tools/consumer-check/src/browser/chromium.js';
import type { RunInfo, TrainSettings } from '../src/engine/engine.ts';
import { type Bird, classOf, drawBirds, writeBirds } from './support/birds.ts';
import { describeInChromium } from './support/chromium.ts';
import { exported, handed, openEngine } from './support/engine.ts';
import { type Site, serveSite } from './support/site.ts';
import { weightsOf } from './support/weights.ts';
import { unzipped, zipped } from './support/zip.ts';

const SETTINGS = {
  dataset: 'birds',
  arch: 'mini',
  imageSize: 65,
  batchSize: 4,
  totalEpochs: 2,
  optimizer: 'adamw',
  newLearningRate: 0.001,
  pretrainedLearningRate: 0.001,
  trivialAugment: true,
  randomErasing: 0.5,
  labelSmoothing: 0.1,
  emaDecay: 0.9,
  testTimeFlip: true,
  seed: 666,
} as const satisfies Omit<TrainSettings, 'run'>;

const run = promisify(execFile);
const fbsd = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

describeInChromium('a run that is brought', () => {
  let birds: Bird[];
  let site: Site;
  let browser: Browser;
  /** Two browsers' storages: runs go from the first to the second. */
  let first: Page;
  let second: Page;
  let folder: string;

  beforeAll(async () => {
    birds = await drawBirds(3, 8);
    folder = await mkdtemp(join(tmpdir(), 'fbsd-brought-'));
    await writeBirds(join(folder, 'birds'), birds);
    site = await serveSite();
    browser = await launchChromium();
    [first, second] = await Promise.all([open(), open()]);
    await addBirds(first, 'birds');
    await addBirds(second, 'the same birds');
  });

  afterAll(async () => {
    await browser?.close();
    site?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('goes on where it was stopped, to the same weights', async () => {
    await train(first, 'whole');
    await train(first, 'half', 7);
    const zip = await zipOf(first, 'half');
    const { names, runs } = await brought(second, [zip], 2);
    expect(names).toEqual(['half', 'half 2']);
    const [added] = runs;
    expect(added).toMatchObject({ run: 'half 2', state: 'interrupted', epochs: 1, doubts: null });
    expect(added).toMatchObject({ hasPictures: true, settings: { dataset: 'the same birds' } });
    expect(added?.lines.length).toBeGreaterThan(0);
    await second.evaluate(() => engine.forget('half')); // what was brought stands alone
    expect(await resumed(second, 'half 2')).toMatchObject({ finished: true });
    expect(await weightsOf(second, 'half 2')).toEqual(await weightsOf(first, 'whole'));
  });

  test('with every setting is tested by the command line with the same result', async () => {
    const { evaluation } = await resumed(first, 'whole'); // of a finished run the test alone
    const { file } = await exported(first, 'whole', { kind: 'run' });
    for (const [path, bytes] of await unzipped(file)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
    const [model, data, json] = ['whole', 'birds', 'evaluation.json'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    const flags = ['--model', model, '--data', data, '--json', json, '--tta', 'flip'];
    await run('node', [fbsd, 'evaluate', ...flags], { cwd: folder });
    const inNode = JSON.parse(await readFile(json, 'utf8'));
    expect(inNode.confusion).toEqual(evaluation?.confusion);
    for (const [head, loss] of (evaluation?.losses ?? []).entries()) {
      expect(inNode.heads[head].crossEntropy / loss).toBeCloseTo(1, 4);
    }
  });

  test('of the command line is tested with the same result', async () => {
    const data = join(folder, 'birds');
    const out = join(folder, 'runs', 'of the command line');
    const flags = { arch: 'mini', 'image-size': 65, 'batch-size': 4, epochs: 2, backend: 'wasm' };
    const rates = { 'learning-rate': 0.01, 'pretrained-learning-rate': 0.005 };
    const given = Object.entries({ data, out, ...flags, ...rates });
    await run('node', [
      fbsd,
      'train',
      ...given.flatMap(([name, value]) => [`--${name}`, `${value}`]),
    ]);
    const files = await filesBelow(out, 'of the command line');
    const contents = files.map(async ({ path, file }) => [path, await readFile(file)] as const);
    const zip = { path: 'packed.zip', file: join(folder, 'packed.zip') };
    await writeFile(zip.file, await zipped(new Map(await Promise.all(contents))));
    const { names, runs } = await brought(second, [zip]);
    expect(names).toEqual(['of the command line']);
    expect(runs[0]).toMatchObject({ state: 'finished', epochs: 2, doubts: null });
    const { evaluation } = await resumed(second, 'of the command line');
    expect(evaluation?.count).toBe(6);
    expect(evaluation?.accuracy).toBe(runs[0]?.best);
  }, 300_000); // the command line trains meanwhile

  test('is doubted where the pictures are split otherwise', async () => {
    const split = { change: 'split', seed: 7, testShare: 0.2 } as const;
    const doubts = await second.evaluate(async (split) => {
      await engine.change(
        'the same birds',
        split,
        proxy(() => {}),
      );
      return (await engine.runs()).map(({ doubts }) => doubts);
    }, split);
    expect(doubts).toEqual(
      doubts.map(() =>
        expect.stringMatching(/split otherwise than when the run began.*number 666, with 20%/),
      ),
    );
  });

  test('is exported without its pictures, as far as that goes', async () => {
    await second.evaluate(() => engine.forgetDataset('the same birds'));
    const [info] = await second.evaluate(() => engine.runs());
    expect(info).toMatchObject({ run: 'of the command line', hasPictures: false });
    const name = 'of the command line';
    const { accuracy } = await exported(second, name, { kind: 'model', weights: 'uint8' });
    expect(accuracy).toBeUndefined();
    expect((await exported(second, name, { kind: 'safetensors' })).name).toBe(
      `${name}.safetensors`,
    );
    await expect(exported(second, name, { kind: 'report' })).rejects.toThrow(
      `The pictures that the run ${name} learned from are not in this browser. Add them on the screen Data, in classes of the same names: ${[...new Set(birds.map(classOf))].sort().join(', ')}.`,
    );
    await expect(resumed(second, name)).rejects.toThrow('are not in this browser');
  });

  test('is refused where it is none, or damaged', async () => {
    const none = [{ path: 'birds.zip', file: fileURLToPath(import.meta.url) }];
    await expect(brought(second, none)).rejects.toThrow(/birds\.zip cannot be read/);
    const files = await filesBelow(join(folder, 'runs', 'of the command line'), 'run');
    const without = files.filter(({ path }) => !path.endsWith('config.json'));
    await expect(brought(second, without)).rejects.toThrow(/no run among .* files/);
  });

  async function open(): Promise<Page> {
    const page = await openEngine(await browser.newContext(), site);
    await page.evaluate(() => engine.start('wasm', { threads: 2 }));
    return page;
  }

  async function addBirds(page: Page, name: string): Promise<void> {
    await page.evaluate(
      async ({ name, files }) =>
        engine.change(
          name,
          { change: 'add', files: filesOf(files) },
          proxy(() => {}),
        ),
      { name, files: handed(birds) },
    );
  }
});

/** Trains a run; `until` stops it after a step. */
async function train(page: Page, name: string, until?: number): Promise<void> {
  await page.evaluate(
    async ({ settings, until }) => {
      const nothing = () => {};
      const step = ({ step }: { step: number }) => {
        if (step === until) void engine.stop();
      };
      await engine.train(
        settings,
        proxy({ doing: nothing, step, line: nothing, estimate: nothing, notice: nothing }),
      );
    },
    { settings: { ...SETTINGS, run: name }, until },
  );
}

function resumed(page: Page, name: string) {
  return page.evaluate(async (name) => {
    const nothing = () => {};
    return engine.resume(
      name,
      proxy({ doing: nothing, step: nothing, line: nothing, estimate: nothing, notice: nothing }),
    );
  }, name);
}

/** A file on the disk, with the path that it is brought with. */
interface FileToBring {
  path: string;
  file: string;
}

async function zipOf(page: Page, name: string): Promise<FileToBring> {
  const { file } = await exported(page, name, { kind: 'run' });
  return { path: `${name}.zip`, file };
}

/** Brings a run, some times over. @returns its names, and all runs after that */
async function brought(
  page: Page,
  files: readonly FileToBring[],
  times = 1,
): Promise<{ names: string[]; runs: RunInfo[] }> {
  await page.setContent('<input type="file" multiple>');
  await page.locator('input').setInputFiles(files.map(({ file }) => file));
  return page.evaluate(
    async ({ paths, times }) => {
      const given = [...(document.querySelector('input')?.files ?? [])];
      const files = given.map((blob, i) => ({ path: paths[i] as string, blob }));
      const names: string[] = [];
      for (let time = 0; time < times; time++) names.push(await engine.importRun(files));
      return { names, runs: await engine.runs() };
    },
    { paths: files.map(({ path }) => path), times },
  );
}

async function filesBelow(folder: string, shown: string): Promise<FileToBring[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: `${shown}${file.slice(folder.length)}`, file }));
}
