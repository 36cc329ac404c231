import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Remote } from 'comlink';
import type { BrowserContext, Download, Page } from 'playwright-core';
import type { Engine, Exported, NamedBlob } from '../../src/engine/engine.ts';
import type { Bird } from './birds.ts';
import { DIST, type Site } from './site.ts';

/** What a page of {@link openEngine} has among its globals, for functions that run there. */
declare global {
  var engine: Remote<Engine>;
  var proxy: <T extends object>(object: T) => T;
  /** Files that were handed over as base64. */
  var filesOf: (files: readonly Handed[]) => NamedBlob[];
  var save: (exported: Exported) => void;
}

interface Handed {
  path: string;
  base64: string;
}

const COMLINK = createRequire(import.meta.url).resolve('comlink/dist/umd/comlink.js');

/** A page with nothing but the engine in its Worker, as the real page has it. */
export async function openEngine(context: BrowserContext, site: Site): Promise<Page> {
  const script = readdirSync(join(DIST, 'assets')).find((name) => /^worker-.*\.js$/.test(name));
  const page = await context.newPage();
  await page.addInitScript({ path: COMLINK });
  await page.goto(site.blank);
  await page.evaluate((script) => {
    const { wrap, proxy } = Reflect.get(globalThis, 'Comlink');
    globalThis.engine = wrap(new Worker(`./assets/${script}`, { type: 'module' }));
    globalThis.proxy = proxy;
    globalThis.filesOf = (files) =>
      files.map(({ path, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        return { path, blob: new Blob([bytes], { type: 'image/jpeg' }) };
      });
    globalThis.save = ({ name, blob }) => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
    };
  }, script);
  return page;
}

/** Pictures in a form that can be handed to a page. */
export function handed(birds: readonly Bird[]): Handed[] {
  return birds.map(({ path, bytes }) => ({ path, base64: bytes.toString('base64') }));
}

/** Exports something of a run. @returns the file, and what else there is to say */
export async function exported(
  page: Page,
  run: string,
  what: Parameters<Engine['export']>[1],
): Promise<Omit<Exported, 'blob'> & { file: string }> {
  const [download, told] = await Promise.all([
    page.waitForEvent('download') as Promise<Download>,
    page.evaluate(
      async ({ run, what }) => {
        const file = await engine.export(
          run,
          what,
          proxy(() => {}),
        );
        save(file);
        const { blob: _, ...told } = file;
        return told;
      },
      { run, what },
    ),
  ]);
  return { ...told, file: await download.path() };
}
