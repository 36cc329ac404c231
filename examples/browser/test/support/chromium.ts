import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import {
  CHROMIUM_ARGS,
  findChromium,
} from '../../../../tools/consumer-check/src/browser/chromium.js';

const executablePath = findChromium();
if (!executablePath)
  console.warn('skipped: there is no Chromium; see CONTRIBUTING.md for how to install one');

/** `describe`, skipped where there is no Chromium. */
export const describeInChromium = executablePath ? describe : describe.skip;

/** A profile of a browser on the disk, which outlives its processes. */
export class Profile {
  private folder: string | undefined;

  /** Starts a browser with this profile. */
  async open(options: { offline?: boolean } = {}): Promise<BrowserContext> {
    this.folder ??= await mkdtemp(join(tmpdir(), 'fbsd-page-'));
    return chromium.launchPersistentContext(this.folder, {
      executablePath: executablePath as string,
      args: CHROMIUM_ARGS,
      bypassCSP: false,
      ...options,
    });
  }

  async remove(): Promise<void> {
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }
}
