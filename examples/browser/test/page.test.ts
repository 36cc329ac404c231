import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page } from 'playwright-core';
import { describeInChromium, Profile } from './support/chromium.ts';
import { DIST, type Site, serveSite } from './support/site.ts';
import { violations } from './support/violations.ts';

const SCREENS = ['try', 'explain', 'data', 'train', 'export'] as const;
/** Bytes of script and wasm, gzipped. */
const FIRST_LOAD = 350_000;
const IN_ALL = 600_000;

describeInChromium('the page on a host that sends no headers', () => {
  const profile = new Profile();
  let site: Site;
  let context: BrowserContext;
  let page: Page;
  const foreign: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    site = await serveSite({ isolated: false });
    context = await profile.open();
    const { origin } = new URL(site.address);
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.origin !== origin) foreign.push(url.href);
    });
    page = await context.newPage();
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(site.address);
  });

  afterAll(async () => {
    await context?.close();
    site?.close();
    await profile.remove();
  });

  test('opens with six birds, classified without a click, on threads', async () => {
    await page
      .getByText(/Barwing|Spotwing/)
      .nth(5)
      .waitFor({ timeout: 60_000 });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  test(`loads at most ${FIRST_LOAD / 1000} kB of script and wasm for that`, () => {
    // When the model is there the page begins to load what else it may need: the other screens first.
    const paths = site.requests.map(({ path }) => path);
    const until = paths.findIndex((path) => /(explain|data|train|export)-screen/.test(path));
    const loaded = paths.slice(0, until);
    expect(loaded).toContain('model/weights.bin');
    const bytes = gzipped(new Set(loaded.filter(isCode)));
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThanOrEqual(FIRST_LOAD);
  });

  test.each(['WebAssembly', 'WebGPU', 'WebGL'])(
    `has at most ${IN_ALL / 1000} kB of it for all that a visit on %s can do`,
    (backend) => {
      // What is for one thread alone, and the other backends: WebAssembly is there in any case, should the GPU be lost.
      const others = /webgl|webgpu|tfjs-backend-wasm-simd|tfjs-backend-wasm-\w+\.js/;
      const own = new RegExp(`assets/${backend.toLowerCase()}-`);
      const all = cachedFiles().filter(
        (file) => isCode(file) && (own.test(file) || !others.test(file)),
      );
      expect(all.some((file) => own.test(file))).toBe(backend !== 'WebAssembly');
      expect(gzipped(new Set(all))).toBeLessThanOrEqual(IN_ALL);
    },
  );

  test.each(SCREENS)('%s is accessible, in light and dark', async (screen) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#${screen}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await violations(page)).toEqual([]);
    }
  });

  test('works without a network after the first visit', async () => {
    await page.waitForFunction(
      async (files) => {
        const [name] = await caches.keys();
        if (name === undefined) return false;
        const cache = await caches.open(name);
        return (await cache.keys()).length >= files;
      },
      cachedFiles().length,
      { timeout: 60_000 },
    );
    expect(errors).toEqual([]);
    site.close();
    await page.evaluate(() => {
      location.hash = '#try';
    });
    await page.reload();
    await page
      .getByText(/Barwing|Spotwing/)
      .nth(5)
      .waitFor({ timeout: 60_000 });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  test('never asks another host', () => {
    expect(site.requests.length).toBeGreaterThan(20);
    expect(foreign).toEqual([]);
  });
});

function gzipped(files: Iterable<string>): number {
  return [...files].reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length,
    0,
  );
}

function isCode(file: string): boolean {
  return /\.(js|wasm)$/.test(file) && file !== 'service-worker.js';
}

function cachedFiles(): string[] {
  const text = readFileSync(join(DIST, 'service-worker.js'), 'utf8');
  return [...text.matchAll(/assets\/[\w.-]+/g)].map(([file]) => file);
}
