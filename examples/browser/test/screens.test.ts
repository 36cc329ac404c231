import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Download, Page } from 'playwright-core';
import { describeInChromium, Profile } from './support/chromium.ts';
import { DIST, type Site, serveSite } from './support/site.ts';
import { violations } from './support/violations.ts';
import { unzipped } from './support/zip.ts';

const LONG = { timeout: 120_000 };
/** Drawn pictures of each of the ten classes; a fifth is for testing. */
const PER_CLASS = 10;

describeInChromium('the screens, as somebody uses them', () => {
  const profile = new Profile();
  let site: Site;
  let context: BrowserContext;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    site = await serveSite();
    context = await profile.open();
    page = await context.newPage();
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(site.address);
  });

  afterAll(async () => {
    await context?.close();
    site?.close();
    await profile.remove();
  });

  test('Try takes pictures that are chosen, dropped and pasted, and says what is none', async () => {
    await classified(6);
    const bird = join(DIST, 'birds/bird-1.jpg');
    const choose = page.getByLabel('Choose pictures');
    await choose.setInputFiles(bird);
    await classified(7);
    await page.evaluate(give, 'drop');
    await classified(8);
    await page.evaluate(give, 'paste');
    await classified(9);
    await choose.setInputFiles({
      name: 'no.jpg',
      mimeType: 'image/jpeg',
      buffer: Buffer.from('no'),
    });
    await page.getByText('Cannot decode no.jpg').waitFor(LONG);
    await choose.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
    await page.getByText('There is no picture among a.txt').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('Try says what is no model, and keeps the one before', async () => {
    const model = page.getByRole('complementary', { name: 'The model' });
    await model
      .getByLabel('Files or ZIP')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
    await expect(model.getByRole('alert').innerText(LONG)).resolves.toContain('model.json');
    expect(await model.innerText()).toContain('Drawn birds');
  });

  test('Explain compares two pictures, level by level', async () => {
    await page
      .getByRole('button', { name: /^What decided/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Level 3' }).waitFor(LONG);
    await page.locator('.picture-choice button').last().click();
    await page.locator('.level-of').nth(5).waitFor(LONG); // three levels of two pictures
    expect(await page.getByRole('img', { name: /^What is boosted by level 1/ }).count()).toBe(2);
    expect(await page.getByRole('table').count()).toBe(2);
    expect(await violations(page)).toEqual([]);
  });

  test('Data shows the classes of drawn birds, renames one, and splits again the same way', async () => {
    await go('Data');
    await page.getByRole('button', { name: 'Draw birds' }).click();
    await page.getByLabel('Pictures of each kind').fill(String(PER_CLASS));
    await page.getByRole('button', { name: `Draw ${10 * PER_CLASS} pictures` }).click();
    await page.getByText(`${10 * PER_CLASS} pictures in 10 classes`).waitFor(LONG);
    await page.getByRole('button', { name: /^Rename Capped Speckled Ringtail Barwing/ }).click();
    await page.getByLabel(/^New name/).fill('First birds');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'First birds' }).waitFor(LONG);
    const [before, other, again] = [await tested(), await tested(7), await tested(666)];
    expect(before).toHaveLength((10 * PER_CLASS) / 5);
    expect(other).not.toEqual(before);
    expect(again).toEqual(before);
    expect(await violations(page)).toEqual([]);
  });

  test('Train keeps what was chosen after a start that failed, and on the way to another screen', async () => {
    await go('Train');
    await page.getByLabel('Epochs').fill('3');
    await page.getByText('ResNet-50').click();
    await page.getByLabel('Choose the file').setInputFiles({
      name: 'no-weights.pth',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('no weights'),
    });
    await page.getByLabel('Epochs').fill('7');
    await page.getByLabel('Name of the run').fill('mine');
    await page.getByText('More settings').click();
    await page.getByLabel('Optimizer').selectOption('adamw');
    await page.getByLabel('TrivialAugment').check();
    await page.getByLabel('Label smoothing').fill('0.1');
    await page.getByLabel('Seed').fill('5');
    expect(await page.getByLabel('Learning rate, network').inputValue()).toBe('0.0001');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Start training' }).click();
    await page.getByRole('button', { name: 'Back to the settings' }).click(LONG);
    await go('Data');
    await go('Train');
    await page.getByText('More settings').click();
    await page.getByText('no-weights.pth').waitFor();
    const chosen = ['Epochs', 'Name of the run', 'Optimizer', 'Label smoothing', 'Seed'].map(
      (label) => page.getByLabel(label).inputValue(),
    );
    expect(await Promise.all(chosen)).toEqual(['7', 'mine', 'adamw', '0.1', '5']);
    expect(await page.getByLabel('TrivialAugment').isChecked()).toBe(true);
    await page.getByText('Small network').click();
    expect(await page.getByLabel('Epochs').inputValue()).toBe('3'); // each network's own
    await page.getByLabel('Name of the run').fill('Drawn birds 1');
    await page.getByLabel('Seed').fill('666');
  });

  test('Train tells how long it takes, pauses, goes on, and shows mistakes', async () => {
    await go('Train');
    await page.getByLabel('Epochs').fill('2');
    await page.getByRole('button', { name: 'Start training' }).click();
    await page.getByText(/^about \d/).waitFor(LONG);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused', { exact: true }).first().waitFor(LONG);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await page.getByText('Done', { exact: true }).waitFor(LONG);
    await page.getByRole('heading', { name: 'What is taken for what' }).waitFor();
    expect(await page.locator('.confusion-matrix tbody tr').count()).toBe(10);
    await page.getByText('The numbers as a table').click();
    expect(await page.locator('.epoch-table tbody tr').count()).toBe(2);
    expect(await violations(page)).toEqual([]);
  });

  test('a mistake is explained by the model that made it', async () => {
    await page
      .getByRole('button', { name: /^Why\?/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Level 3' }).waitFor(LONG);
    await go('Try');
    expect(await page.getByRole('complementary').innerText()).toContain('Drawn birds 1');
  });

  test('Export tests a smaller model again, and it is one that Try takes', async () => {
    await go('Export');
    await page.getByRole('button', { name: /^Make it.*8 bits/ }).click();
    const save = page.getByRole('link', { name: /^Save .*8 bits/ });
    await save.waitFor(LONG);
    await page.getByText(/right when it is loaded again/).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download') as Promise<Download>,
      save.click(),
    ]);
    const file = await download.path();
    const names = [...(await unzipped(file)).keys()].map((path) => path.split('/').at(-1));
    expect(names).toEqual(expect.arrayContaining(['model.json', 'labels.json']));
    expect(await page.locator('pre').innerText()).toContain('loadClassifier("./Drawn birds 1/")');
    expect(await violations(page)).toEqual([]);

    await go('Try');
    const name = download.suggestedFilename();
    await page
      .getByLabel('Files or ZIP')
      .setInputFiles({ name, mimeType: 'application/zip', buffer: await readFile(file) });
    await page.getByText('Drawn birds 1-uint8', { exact: true }).waitFor(LONG);
    await page.getByText('Its classes').click();
    await page
      .getByRole('listitem')
      .filter({ hasText: /^First birds$/ })
      .first()
      .waitFor();
  });

  test('Train takes a run that was exported, as another one', async () => {
    await go('Export');
    await page.getByRole('button', { name: /^Make it.*The whole run/ }).click();
    const save = page.getByRole('link', { name: /^Save .*The whole run/ });
    await save.waitFor(LONG);
    const [download] = await Promise.all([
      page.waitForEvent('download') as Promise<Download>,
      save.click(),
    ]);
    await go('Train');
    const zip = page.getByLabel('ZIP of a run');
    await zip.setInputFiles({
      name: 'a.zip',
      mimeType: 'application/zip',
      buffer: Buffer.from('a'),
    });
    await page.getByText('a.zip cannot be read').waitFor(LONG);
    const folder = await mkdtemp(join(tmpdir(), 'fbsd-exported-'));
    const file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    await zip.setInputFiles(file);
    const brought = page.getByRole('listitem').filter({ hasText: 'Drawn birds 1 2' });
    await brought.getByText(/^Finished · 2 of 2 epochs/).waitFor(LONG);
    expect(await violations(page)).toEqual([]);
    await brought.getByRole('button', { name: 'Delete Drawn birds 1 2' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await brought.waitFor({ state: 'detached' });
    await rm(folder, { recursive: true, force: true });
  });

  test('a run is found again in a new tab', async () => {
    await page.close();
    page = await context.newPage();
    await page.goto(`${site.address}#train`);
    await page.getByText(/^Finished · 2 of 2 epochs/).waitFor(LONG);
    expect(errors).toEqual([]);
  });

  async function go(screen: string): Promise<void> {
    await page.getByRole('link', { name: screen, exact: true }).click();
  }

  async function classified(pictures: number): Promise<void> {
    await page
      .getByRole('list', { name: 'Likeliest classes' })
      .nth(pictures - 1)
      .waitFor(LONG);
  }

  /** Names of the pictures for testing, after splitting by a seed. */
  async function tested(seed?: number): Promise<string[]> {
    if (seed !== undefined) {
      await page.getByLabel('Number (seed)').fill(String(seed));
      await page.keyboard.press('Enter');
      await page.waitForTimeout(200);
      await page.locator('.data-doing').waitFor({ state: 'detached', ...LONG });
    }
    const all = page.getByRole('button', { name: /^Show all/ });
    while ((await all.count()) > 0) await all.first().click();
    const marked = page.locator('.class-pictures li:has(.test-mark)');
    const names = marked.getByRole('button', { name: /^Remove/ });
    return names.evaluateAll((buttons) => buttons.map((button) => button.ariaLabel ?? '').sort());
  }
});

/** Gives the page a picture, in the page. */
async function give(how: string): Promise<void> {
  const content = await (await fetch('./birds/bird-2.jpg')).blob();
  const data = new DataTransfer();
  data.items.add(new File([content], `${how}.jpg`, { type: 'image/jpeg' }));
  const event =
    how === 'drop'
      ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
      : new ClipboardEvent('paste', { clipboardData: data, bubbles: true });
  (document.querySelector('.drop-zone') ?? document).dispatchEvent(event);
}
