import { appendFile, cp, mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { run } from '../../../workspace/command.js';
import { standIn } from '../browser/build.js';
import { serve } from '../browser/serve.js';
import { buildProgram, runProgram } from '../browser/worker.js';
import { drawPhotographs } from '../photographs.js';

/**
 * @typedef {import('@fbsd/trainer').Dataset} Dataset
 * @typedef {import('@fbsd/datasets/web').ClassFolders} ClassFolders
 * @typedef {import('../../browser/data/program.js').Rendered} Rendered
 */

const NAME = '@fbsd/datasets';
const FOLDER = 'my birds';
const ARCHIVE = 'birds.zip';
const DRAWN = ['drawnBirds', 'drawnCars', 'drawnAircraft', 'drawnDogs'];
/** Of 255, on average: edges are drawn differently, and the letters of a banner in another font. */
const TOLERANCE = 1.5;
const TOLERANCE_WITH_BANNER = 3;

/**
 * A folder that is picked, dropped, or unpacked in a page is the data set that it is in Node; drawings look as they do
 * in Node.
 *
 * @param {import('../results.js').Results} results
 * @param {import('playwright-core').Browser} browser
 * @param {string} folder where all packages are installed
 */
export async function checkData(results, browser, folder) {
  let site = '';
  await results.check(NAME, 'data, Vite build, minified', async () => {
    site = await buildProgram(folder, standIn('data/program.js'), 'data-site');
    return 'for a page';
  });
  if (!site) return;
  const pictures = join(folder, FOLDER);
  /** @type {Dataset | undefined} */
  let node;
  await results.check(NAME, 'a folder in Node', async () => {
    await makeFolder(pictures);
    const programs = join(folder, 'data');
    await cp(standIn('data'), programs, { recursive: true });
    const args = ['node.js', pictures, join(site, ARCHIVE)];
    node = JSON.parse(await run(process.execPath, args, programs));
    return `${node?.train.length} + ${node?.test.length} pictures`;
  });
  if (!node) return;
  const expected = node;
  const { address, close } = await serve(site);
  try {
    await expectSame('picked', { from: 'picker' }, (page) => pick(page, pictures));
    await expectSame('dropped', { from: 'drop' }, (page) => drop(page, pictures));
    await expectSame('in an archive', { from: 'archive', archive: `/${ARCHIVE}` });
    for (const draw of DRAWN) {
      await results.check(NAME, `${draw}: as sharp renders them`, async () => {
        const { result, error } = await runProgram(browser, address, { draw }, 'page');
        if (error) throw new Error(`${error.name}: ${error.message}`);
        return compareRendered(
          result,
          draw === 'drawnAircraft' ? TOLERANCE_WITH_BANNER : TOLERANCE,
        );
      });
    }
  } finally {
    close();
  }

  /**
   * @param {string} how the page gets the folder
   * @param {object} argument
   * @param {(page: import('playwright-core').Page) => Promise<void>} [give]
   */
  async function expectSame(how, argument, give) {
    await results.check(NAME, `a folder, ${how}: as in Node`, async () => {
      const { result, error } = await runProgram(browser, address, argument, 'page', give);
      if (error) throw new Error(`${error.name}: ${error.message}`);
      return compareFound(result, expected, pictures);
    });
  }
}

/** Photographs with what people's folders hold beside them. @param {string} folder */
async function makeFolder(folder) {
  const photographs = await drawPhotographs(folder, 130); // browsers list a folder's files a hundred at a time
  await truncate(String(photographs[0]), 900);
  await appendFile(String(photographs[1]), 'a word after the end');
  await cp(String(photographs[2]), String(photographs[3]));
  await writeFile(join(folder, 'notes.txt'), 'no class');
  await mkdir(join(folder, '.hidden'));
  await writeFile(join(folder, '.hidden', 'x.jpg'), 'x');
}

/** @param {import('playwright-core').Page} page @param {string} folder */
async function pick(page, folder) {
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.webkitdirectory = true;
    document.body.append(input);
  });
  await page.setInputFiles('input', folder);
}

/** @param {import('playwright-core').Page} page @param {string} folder */
async function drop(page, folder) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of /** @type {const} */ (['dragEnter', 'dragOver', 'drop'])) {
    await session.send('Input.dispatchDragEvent', { type, x: 50, y: 50, data });
  }
}

/** @param {ClassFolders} found @param {Dataset} expected @param {string} root of the folder in Node */
function compareFound({ dataset, unused, duplicates }, expected, root) {
  const here = placeless(dataset, FOLDER);
  const there = placeless(expected, root);
  if (here !== there) throw new Error(`${here}, but in Node: ${there}`);
  const truncated = unused.filter(({ reason }) => reason === 'truncated');
  if (truncated.length !== 1 || duplicates.length !== 1) {
    throw new Error(JSON.stringify({ unused, duplicates }));
  }
  return `${dataset.train.length} + ${dataset.test.length} pictures; not used: ${unused.length}, twice: ${duplicates.length}`;
}

/** What does not depend on where the folder is. @param {Dataset} dataset @param {string} root */
function placeless({ name, classNames, train, test, warnings }, root) {
  const of = (/** @type {Dataset['train']} */ samples) =>
    samples.map(({ id, file, label }) => [id, file, label]);
  const sentences = warnings.map((warning) => warning.replaceAll(`${root}/`, ''));
  return JSON.stringify({ name, classNames, train: of(train), test: of(test), sentences });
}

/**
 * @param {readonly Rendered[]} rendered
 * @param {number} tolerance
 */
async function compareRendered(rendered, tolerance) {
  let worst = 0;
  for (const { svg, png } of rendered) {
    const bytes = Buffer.from(String(png.split(',')[1]), 'base64');
    const [here, there] = await Promise.all([bytes, Buffer.from(svg)].map(pixelsOf));
    if (here?.length !== there?.length) throw new Error('of another size');
    const sum = here?.reduce((total, value, i) => total + Math.abs(value - Number(there?.[i])), 0);
    worst = Math.max(worst, Number(sum) / Number(here?.length));
  }
  if (rendered.length === 0 || !(worst <= tolerance)) {
    throw new Error(
      `${rendered.length} pictures; ${worst} of 255 on average, at most ${tolerance}`,
    );
  }
  return `${rendered.length} pictures; ${worst.toFixed(2)} of 255 on average at most`;
}

/** @param {Buffer} picture */
function pixelsOf(picture) {
  return sharp(picture).removeAlpha().raw().toBuffer();
}
