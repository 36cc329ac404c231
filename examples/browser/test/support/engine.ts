import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { DIST, type Site } from './site.ts';

const COMLINK = createRequire(import.meta.url).resolve('comlink/dist/umd/comlink.js');

/** A page without anything but `engine`, `proxy` and `blobOf`: the engine in its Worker, as the page has it. */
export async function openEngine(context: BrowserContext, site: Site): Promise<Page> {
  const script = readdirSync(join(DIST, 'assets')).find((name) => /^worker-.*\.js$/.test(name));
  const page = await context.newPage();
  await page.addInitScript({ path: COMLINK });
  await page.goto(site.blank);
  await page.evaluate((script) => {
    const { wrap, proxy } = Reflect.get(globalThis, 'Comlink');
    const worker = new Worker(`./assets/${script}`, { type: 'module' });
    Object.assign(globalThis, {
      engine: wrap(worker),
      proxy,
      blobOf: (base64: string) =>
        new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]),
    });
  }, script);
  return page;
}
