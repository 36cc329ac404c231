import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../tools/consumer-check/src/browser/chromium.js';
import { describeInChromium } from './support/chromium.ts';
import { DIST, type Site, serveSite } from './support/site.ts';

const LONG = { timeout: 60_000 };

describeInChromium('a GPU that is lost while nothing is trained', () => {
  let site: Site;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    site = await serveSite();
  });
  beforeEach(async () => {
    browser = await launchChromium(); // after some crashes it has no GPU any more
    page = await browser.newPage();
  });
  afterEach(() => browser.close());
  afterAll(() => site.close());

  test.each([
    ['webgpu', 'WebGPU'],
    ['webgl', 'WebGL'],
  ])('%s: the page says so once, and goes on with WebAssembly', async (backend, name) => {
    await page.goto(`${site.address}?backend=${backend}&software`);
    const device = page.locator('.device > .button');
    await device.getByText(name, { exact: true }).waitFor(LONG);
    await classified(6);
    const labels = await likeliest();

    const session = await browser.newBrowserCDPSession();
    await session.send('Browser.crashGpuProcess').catch(() => {}); // it ends without an answer
    await page.getByLabel('Choose pictures').setInputFiles(join(DIST, 'birds/bird-1.jpg'));
    await device.getByText(/^WebAssembly/).waitFor(LONG);
    await classified(7);
    expect(await likeliest()).toEqual([labels.at(0), ...labels]);
    const notices = page.getByRole('note').filter({ hasText: /^The GPU was lost/ });
    expect(await notices.count()).toBe(1);
    expect(await notices.innerText()).toMatch(/\. The processor computes, through WebAssembly on/);
    expect(await page.getByRole('alert').count()).toBe(0);

    await page.getByRole('link', { name: 'Explain', exact: true }).click();
    await page.getByRole('heading', { name: 'Level 3' }).waitFor(LONG);
    await notices.getByRole('button', { name: 'Close this message' }).click();
    expect(await notices.count()).toBe(0);
  });

  async function classified(pictures: number): Promise<void> {
    await page
      .getByRole('list', { name: 'Likeliest classes' })
      .nth(pictures - 1)
      .waitFor(LONG);
  }

  /** The first class of each picture. */
  async function likeliest(): Promise<string[]> {
    const lists = page.getByRole('list', { name: 'Likeliest classes' });
    return lists.evaluateAll((all) =>
      all.map(
        (list) =>
          list.querySelector('li')?.textContent?.match(/[A-Z][a-z]+( [A-Z][a-z]+)+/)?.[0] ?? '',
      ),
    );
  }
});
