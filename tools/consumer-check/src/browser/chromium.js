import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Skip } from '../results.js';

/** WebGL without a GPU, at full precision. */
const SWIFTSHADER = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

/** WebGPU without a GPU. Only by way of Vulkan can tfjs read its tensors synchronously there. */
const WEBGPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
];

/** Where a Chromium is: CHROMIUM_PATH, the one that Playwright installed, or the system's. */
export function findChromium() {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  const usual = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);
  return [chromium.executablePath(), ...usual].find((path) => existsSync(path));
}

/** For tests: without a GPU, and without asking for updates. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  ...SWIFTSHADER,
  ...WEBGPU,
];

/**
 * @returns {Promise<import('playwright-core').Browser>}
 * @throws Skip where there is no Chromium
 */
export async function launchChromium() {
  const executablePath = findChromium();
  if (!executablePath) {
    throw new Skip(
      'no Chromium. Install one (npx playwright-core install chromium, or apt-get install chromium) or set CHROMIUM_PATH',
    );
  }
  return await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
}
