import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mistake, Report, ReportSample } from '@fbsd/trainer';
import sharp from 'sharp';
import {
  exampleMetrics,
  exampleReport,
  exampleRunReport,
  exampleSample,
} from '../../../trainer/test/support/example-report.ts';
import { writeReport } from '../../src/report/write-report.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fbsd-report-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function written(report: Report): Promise<string> {
  const file = join(directory, 'report.html');
  await writeReport(file, report);
  return readFile(file, 'utf8');
}

/** The text that a reader sees: no markup, spaces folded. */
const visible = (page: string) =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

/** Every address that the page asks a browser to load. */
const addresses = (page: string) =>
  [...page.matchAll(/(?:src|href|srcset|data|action)="([^"]*)"|url\(([^)]*)\)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );

const ANNOTATIONS = {
  box: { x: -0.25, y: 0.25, width: 1, height: 0.75 },
  parts: [
    { name: 'beak', x: 0.5, y: 0.125 },
    { name: 'left wing', x: 1, y: 0.75 },
  ],
};

describe('writeReport', () => {
  describe('content', () => {
    test('the result, chance and each head', async () => {
      const text = visible(await written(exampleReport(10, 3)));
      expect(text).toContain('90.0% of 100 test images put in the right one of 10 classes');
      expect(text).toContain('90 right; chance is 10.0%');
      expect(text).toMatch(
        /level 1 71.0% 0.61 level 2 72.0% 0.44 level 3 73.0% 0.39 concat 74.0% 0.35/,
      );
    });

    test('which epoch the result is of, and which was the best', async () => {
      const report = exampleReport(10, 3);
      expect(visible(await written(report))).toContain(
        'after the last epoch, 3; the best of all epochs',
      );
      const metrics = exampleMetrics(3).map((line) =>
        line.kind === 'epoch' && line.epoch === 2
          ? { ...line, test: { ...line.test, accuracy: 0.955 } }
          : line,
      );
      expect(visible(await written({ ...report, metrics }))).toContain(
        'after the last epoch, 3; the best was 95.5% after epoch 2',
      );
      const { metrics: _, ...untrained } = report;
      expect(visible(await written({ ...untrained, metrics: [] }))).not.toContain('epoch');
    });

    test('what the run took and its settings', async () => {
      const text = visible(await written(exampleReport(10, 3)));
      expect(text).toContain(
        'backend wasm duration 2 min 7 s training speed 52.3 images/s peak memory 1.13 GB',
      );
      expect(text).toContain('arch mini totalEpochs 3 parts [8,4,2] data null');
    });

    test('the curves with the last value of each', async () => {
      const text = visible(await written(exampleReport(10, 4)));
      expect(text).toContain('Loss train 1.75 test 2.25');
      expect(text).toContain('Accuracy, all heads together train 80.0% test 80.0%');
      expect(text).toContain('Learning rate new layers 0.005 backbone 0.0005');
      expect(text).toMatch(/Cross entropy of each head level 1 train 0.25 test 0.75 /);
      expect(text).toContain('chance 10.0%');
    });

    test('for each sample the classes and what each level boosted and suppressed', async () => {
      const page = await written(exampleReport(10, 1));
      const text = visible(page);
      expect(text).toContain('bird 2 ✗ predicted bird 1');
      expect(text).toContain('bird 1 70.0%');
      expect(text).toContain(
        'Level 1 Strip 3 of 4 wins with 50.0%: boosted ×1.25 here, suppressed ×0.5 for the next stage.',
      );
      expect(text).toContain('Level 2 Strips 1, 3 of 3 tie with 40.0%: boosted ×1.2 here');
      expect(text).toContain(
        'Level 3 Strip 2 of 2 wins with 60.0%: boosted ×1.3 here; no stage follows, so suppressing has no effect.',
      );
      expect(page.match(/fill="url\(#hatch\)"/g)).toHaveLength(1 + 2 + 1); // with the tie
      expect(page.match(/<use href="#photo-0"\/>/g)).toHaveLength(3 * 3); // the photo is stored once
    });

    test('the pictures are a JPEG of the crop and a PNG per heat map', async () => {
      const pictures = addresses(await written(exampleReport(10, 1))).filter((a) =>
        a.startsWith('data:'),
      );
      expect(pictures.map((uri) => uri.slice(0, uri.indexOf(';')))).toEqual([
        'data:image/jpeg',
        ...Array(3).fill('data:image/png'),
      ]);
      const decoded = await Promise.all(
        pictures.map((uri) =>
          sharp(Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64')).metadata(),
        ),
      );
      expect(decoded.map(({ width, height, channels }) => [width, height, channels])).toEqual([
        [16, 16, 3],
        ...Array(3).fill([56, 56, 4]),
      ]);
    });

    test('a right prediction, and an image without a label', async () => {
      const report = exampleReport(10, 1);
      const sample = exampleSample(10);
      const { label: _, ...unlabelled } = sample;
      const text = visible(
        await written({ ...report, samples: [{ ...sample, label: 0 }, unlabelled] }),
      );
      expect(text).toContain('bird 1 ✓ predicted right');
      expect(text).toContain('bird 1 predicted, true class not given');
    });

    test('the box and the parts of the data set, and what they are', async () => {
      const report = exampleReport(10, 1);
      const annotated = { ...exampleSample(10), annotations: ANNOTATIONS };
      const page = await written({ ...report, samples: [exampleSample(10), annotated] });
      expect(visible(page)).toContain(
        'From the data set’s annotations, which the model never sees: the box around the object, its visible parts (point at one for its name). ',
      );
      expect(page).toMatch(
        /aria-label="002\.bird\/one\.jpg: bird 2\. Box from 0% to 75% of the width and 25% to 100% of the height; visible parts: beak, left wing"/,
      );
      expect(page.match(/id="marks-/g)).toHaveLength(1);
      expect(page.match(/<use class="light" href="#marks-1"\/>/g)).toHaveLength(3 * 2);
      expect(page).toContain('x="-25" y="25" width="100" height="75"');
      expect(page).toMatch(/<title>beak<\/title><circle [^>]*cx="50" cy="12.5"/);
    });

    test('no word about annotations when there are none', async () => {
      const page = await written(exampleReport(10, 1));
      expect(page).not.toMatch(/annotations|#marks|visible parts/);
    });

    test('the header says when, what and how; then contents, curves and mistakes before the cards', async () => {
      const page = await written(exampleRunReport(10, 3));
      const text = visible(page);
      expect(text).toContain(
        '27 November 2026, 04:14 UTC · mini at 96 px fbsd train --data my-photos',
      );
      const order = [...page.matchAll(/<section id="(\w+)"/g)].map(([, id]) => id);
      const parts = [
        'curves',
        'mistakes',
        'classes',
        'confusion',
        'samples',
        'pictures',
        'settings',
      ];
      expect(order).toEqual(parts);
      const contents = /<nav aria-label="Contents">(.*?)<\/nav>/s.exec(page)?.[1];
      expect([...(contents ?? '').matchAll(/href="#(\w+)"/g)].map(([, id]) => id)).toEqual(parts);
    });

    test('the mistakes with what they were taken for, and a link to the card of one that is explained', async () => {
      const page = await written(exampleRunReport(10, 3));
      expect(visible(page)).toContain(
        '10 test pictures were put in a wrong class. These are the 2 that the model was surest of.',
      );
      expect(visible(page)).toContain(
        '✗ bird 1 97.0% is bird 2 2.0% 002.bird/one.jpg · what each level saw ✗ bird 1 80.0% is bird 2 2.0% other.jpg',
      );
      expect(page).toContain('<a href="#sample-0">what each level saw</a>');
      expect(page).toMatch(/<svg class="picture whole"[^>]* viewBox="0 0 33.3 100"/); // 30×90
    });

    test('no mistake at all is said', async () => {
      const report = exampleRunReport(2, 1);
      const evaluation = report.evaluation as NonNullable<typeof report.evaluation>;
      const pictures = evaluation.pictures.map((one) => ({ ...one, predicted: one.label }));
      const all = { ...report, mistakes: [], evaluation: { ...evaluation, pictures } };
      expect(visible(await written(all))).toContain('Every test picture was put in its class.');
    });

    test('pictures for which the outputs are not finite are in no class, and counted', async () => {
      const report = exampleRunReport(2, 1);
      const evaluation = report.evaluation as NonNullable<typeof report.evaluation>;
      const none = { predicted: null, probability: null, probabilityOfTruth: null };
      const pictures = evaluation.pictures.map((one, i) => (i === 0 ? { ...one, ...none } : one));
      const page = await written({
        ...report,
        mistakes: [],
        evaluation: { ...evaluation, pictures },
      });
      expect(visible(page)).toContain(
        'For 1 test picture the model’s outputs are not finite. 2 test pictures were put in a wrong class.',
      );
    });

    test('the original beside the square picture, with a frame around what the model sees', async () => {
      const page = await written({ ...exampleRunReport(10, 1), mistakes: [] });
      expect(page).toContain('aria-label="002.bird/one.jpg as it is, 60×40 pixels"');
      expect(page).toContain('viewBox="0 0 100 66.7"');
      expect(page).toContain('<rect class="seen" x="10" y="6.7" width="80" height="53.3"/>');
      expect(visible(page)).toContain(
        'as it is; what is framed, made square, is what the model sees',
      );
    });

    test('a scale below a response tells its smallest and its largest value', async () => {
      const report = exampleReport(10, 1);
      const sample = exampleSample(10);
      const levels = sample.inspection.levels.map((level) => ({
        ...level,
        heatMap: { ...level.heatMap, range: [0.25, 12.345] as const },
      }));
      const ranged = { ...sample, inspection: { ...sample.inspection, levels } };
      const page = await written({ ...report, samples: [ranged] });
      expect(page.match(/fill="url\(#glow\)"/g)).toHaveLength(3);
      expect(page).toMatch(/Response of the boosted map of level 1, from 0.25 to 12.3"/);
      expect(page).toMatch(/>0.25<\/text><text [^>]*>12.3<\/text>/);
    });

    test('a row for each test picture, to download as CSV', async () => {
      const page = await written(exampleRunReport(3, 1));
      const address = /download="test-pictures.csv" href="([^"]*)"/.exec(page)?.[1] ?? '';
      const csv = await (await fetch(address)).text();
      const lines = csv.trimEnd().split('\r\n');
      expect(lines).toHaveLength(1 + 30);
      expect(lines[10]).toBe('test/9.jpg,bird 1,bird 2,no,0.5,0.25');
    });

    test('a run without test pictures', async () => {
      const { evaluation: _, testFiles: __, mistakes: ___, ...report } = exampleRunReport(3, 2);
      const samplesAre = 'These are pictures that it was trained on.';
      const text = visible(await written({ ...report, samplesAre }));
      expect(text).toContain('Nothing was tested in this run');
      expect(text).toContain(samplesAre);
      expect(text).not.toMatch(/Mistakes|Classes|Confusion|Every picture/);
    });

    test('only samples, without a run', async () => {
      const { title, settings, classNames, samples } = exampleReport(10, 0);
      const text = visible(await written({ title, settings, classNames, samples, metrics: [] }));
      expect(text).toContain('What each level saw');
      expect(text).not.toMatch(/Training|Confusion|chance/);
    });
  });

  test.each([
    [2, 0],
    [2, 1],
    [10, 12],
    [200, 200],
  ])('%i classes and %i epochs: one whole page without NaN', async (classes, epochs) => {
    const page = await written(exampleReport(classes, epochs));
    expect(page).toMatch(/^<!doctype html>.*<\/html>\n$/s);
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
    const opened = page.match(/<(section|article|table|svg|figure|div|details)\b/g) ?? [];
    const closed = page.match(/<\/(section|article|table|svg|figure|div|details)>/g) ?? [];
    expect(closed).toHaveLength(opened.length);
    expect(page.includes('id="curves"')).toBe(epochs > 0);
  });

  test('values that are missing or do not change are drawn without NaN', async () => {
    const metrics = exampleMetrics(5).map((line) =>
      line.kind === 'epoch'
        ? {
            ...line,
            train: { ...line.train, loss: 3 },
            test: { ...line.test, loss: null as unknown as number },
          }
        : line,
    );
    const level = {
      ...exampleSample(10).inspection.levels[0],
      probabilities: [Number.NaN, Number.NaN],
    };
    const sample = exampleSample(10);
    const broken = {
      ...sample,
      inspection: { ...sample.inspection, levels: [{ ...level, suppressed: [] }] },
    } as ReportSample;
    const page = await written({ ...exampleReport(10, 5), metrics, samples: [broken] });
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(visible(page)).toContain('Loss train 3 test –');
    expect(visible(page)).toContain('No strip wins');
  });

  test('is self-contained: no script, nothing loaded from anywhere', async () => {
    const annotated = { ...exampleSample(30), annotations: ANNOTATIONS };
    const page = await written({ ...exampleRunReport(30, 3), samples: [annotated] });
    expect(page).not.toMatch(/<script|<link|<iframe|@import|@font-face|\son\w+=|https?:/i);
    const found = addresses(page);
    expect(found.length).toBeGreaterThan(10);
    for (const address of found)
      expect(address).toMatch(/^(#|data:image\/(jpeg|png);base64,|data:text\/csv;)/);
    const ids = new Set([...page.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => `#${id}`));
    for (const address of found.filter((a) => a.startsWith('#'))) expect(ids).toContain(address);
  });

  test('nothing from the data becomes markup', async () => {
    const evil = `<img src=x onerror="alert(1)">&'`;
    const base = exampleRunReport(3, 2);
    const [mistake] = base.mistakes as [Mistake];
    const annotations = { parts: [{ name: evil, x: 0.5, y: 0.5 }] };
    const page = await written({
      ...base,
      title: evil,
      settings: { [evil]: evil, list: [evil] },
      classNames: [evil, evil, evil],
      samples: [{ ...exampleSample(3), file: evil, annotations }],
      samplesAre: evil,
      mistakes: [{ ...mistake, file: evil }],
      testFiles: base.testFiles?.map(() => evil) ?? [],
      facts: { backend: evil, date: evil, architecture: evil, command: evil },
    });
    const picture = await written({ ...exampleReport(30, 1), classNames: Array(30).fill(evil) });
    for (const html of [page, picture]) {
      expect(html).not.toMatch(/<img src=x|onerror="/);
      expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;');
    }
  });

  describe('atomic', () => {
    test('replaces an older report and leaves no temporary file', async () => {
      await written(exampleReport(2, 1));
      expect(await written(exampleReport(3, 1))).toContain('example of 3 classes');
      expect(await readdir(directory)).toEqual(['report.html']);
    });

    test('a report that cannot be made leaves the older one as it was', async () => {
      const file = join(directory, 'report.html');
      await writeFile(file, 'old');
      const sample = exampleSample(2);
      const levels = [
        { ...sample.inspection.levels[0], heatMap: { height: 9, width: 9, values: [1] } },
      ];
      const inspection = { ...sample.inspection, levels };
      const broken = {
        ...exampleReport(2, 1),
        samples: [{ ...sample, inspection } as ReportSample],
      };
      await expect(writeReport(file, broken)).rejects.toThrow();
      expect(await readFile(file, 'utf8')).toBe('old');
      expect(await readdir(directory)).toEqual(['report.html']);
    });

    test('a file that cannot be written leaves nothing behind', async () => {
      const missing = join(directory, 'missing', 'report.html');
      await expect(writeReport(missing, exampleReport(2, 0))).rejects.toThrow(/ENOENT/);
      const taken = join(directory, 'a-directory');
      await mkdir(taken);
      await expect(writeReport(taken, exampleReport(2, 0))).rejects.toThrow(/EISDIR|ENOTEMPTY/);
      expect(await readdir(directory)).toEqual(['a-directory']);
    });
  });

  describe('errors', () => {
    const refused = (change: Partial<Report>) =>
      expect(written({ ...exampleReport(3, 1), ...change })).rejects;

    test('class names that do not fit the confusion matrix', () =>
      refused({ classNames: ['a', 'b'] }).toThrow(
        /2 class names need a confusion matrix \[2,2\]; got rows and columns of 3\. Pass/,
      ));

    test('names of test pictures that are not those of the evaluation', () =>
      refused({ testFiles: ['a.jpg'] }).toThrow(/the names of the 30 test pictures; got 1\. Pass/));

    test('a picture that is not square', () =>
      refused({ samples: [{ ...exampleSample(3), pixels: new Uint8Array(10) }] }).toThrow(
        /002\.bird\/one\.jpg: expected the 3·S·S bytes of a square RGB picture; got 10/,
      ));

    test('a label that is no class', () =>
      refused({ samples: [{ ...exampleSample(3), label: 3 }] }).toThrow(
        /expected a label from 0 to 2; got 3\. Labels count from 0/,
      ));

    test('an inspection of a model with other classes', () =>
      refused({ samples: [exampleSample(4)] }).toThrow(/probabilities of 3 classes; got 4/));
  });
});
