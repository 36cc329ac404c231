/*
 * Trains mini-CUB in a tab with the settings of `npm run cub`, and says how well, in how much time of the CPUs, how much
 * memory the tab took and how long a frame of the page took at most. For the figures in the README.
 *
 * Usage: node scripts/measure.js DATA [SEED [EPOCHS]], the folder of mini-CUB as `npm run cub` draws it; builds nothing
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MINI } from '@fbsd/cli';
import { loadCub } from '@fbsd/datasets';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../../../tools/consumer-check/src/browser/chromium.js';

const THREADS = 2;
const [data, seed = '666', epochs = String(MINI.totalEpochs)] = process.argv.slice(2);
if (!data) throw new Error('Usage: node scripts/measure.js DATA [SEED [EPOCHS]]');

const root = join(import.meta.dirname, '..');
const { train, test } = await loadCub(data);
const files = await Promise.all(
  [...train.map((sample) => ['train', sample]), ...test.map((sample) => ['test', sample])].map(
    async ([part, sample]) => {
      const { path } = /** @type {import('@fbsd/trainer').Sample} */ (sample);
      const name = path.split('/').slice(-2).join('/');
      return { path: `${part}/${name}`, base64: (await readFile(path)).toString('base64') };
    },
  ),
);

const site = await preview({ root, preview: { port: 4188 }, logLevel: 'error' });
const [address] = site.resolvedUrls?.local ?? [];
const executablePath = /** @type {string} */ (findChromium());
const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
const page = await browser.newPage();
const comlink = createRequire(import.meta.url).resolve('comlink/dist/umd/comlink.js');
await page.addInitScript({ path: comlink });
await page.goto(`${address}licenses.md`); // nothing of the page itself
const script = readdirSync(join(root, 'dist/assets')).find((name) => /^worker-.*js$/.test(name));
await page.evaluate(
  ({ script, files }) => {
    const { wrap } = Reflect.get(globalThis, 'Comlink');
    const engine = wrap(new Worker(`./assets/${script}`, { type: 'module' }));
    const pictures = files.map(({ path, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      return { path, blob: new Blob([bytes], { type: 'image/jpeg' }) };
    });
    Object.assign(globalThis, { engine, pictures });
  },
  { script, files },
);
const before = await busiest();
/** @type {number[]} */
const resident = [];
let tick = 0;
const sampling = setInterval(async () => {
  if (++tick === 45) {
    const { id } = await busiest();
    const maps = readFileSync(`/proc/${id}/smaps`, 'utf8').split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/).map((m) => ({ head: m.split('\n')[0], rss: Number(/Rss:\s+(\d+)/.exec(m)?.[1]) / 1024, size: Number(/Size:\s+(\d+)/.exec(m)?.[1]) / 1024 }));
    const total = maps.reduce((a, m) => a + m.rss, 0);
    console.log('--- tick', tick, 'total', total.toFixed(0));
    for (const m of maps.filter((m) => m.rss > 4).sort((a, b) => b.rss - a.rss).slice(0, 25)) console.log(m.rss.toFixed(1), m.size.toFixed(0), m.head);
    const small = maps.filter((m) => m.rss <= 4);
    const groups = {};
    for (const m of small) { const [range, perm, , , , name] = m.head.split(/\s+/); const key = (name ? name.split('/').pop() : range.slice(0, range.indexOf('-') - 6)) + ' ' + perm; groups[key] ??= [0, 0]; groups[key][0] += m.rss; groups[key][1]++; }
    for (const [k, v] of Object.entries(groups).sort((a, b) => b[1][0] - a[1][0]).slice(0, 22)) console.log('  ', v[0].toFixed(1), v[1], k);
  }
  const { id } = await busiest();
  resident.push(bytesOf(id, 'VmRSS'));
}, 500);
const { accuracy, heads, seconds, steps, images, frames } = await page.evaluate(
  async ({ preset, threads, seed, epochs }) => {
    const { engine, pictures, Comlink } = /** @type {any} */ (globalThis);
    const nothing = () => {};
    await engine.start('wasm', { threads });
    const change = { change: 'add', files: pictures };
    await engine.change('mini-cub', change, Comlink.proxy(nothing));
    /** @type {number[]} */
    const frames = [];
    let last = performance.now();
    let running = true;
    const frame = (/** @type {number} */ now) => {
      frames.push(now - last);
      last = now;
      if (running) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const began = performance.now();
    let [steps, images] = [0, 0];
    const events = {
      doing: nothing,
      step: (/** @type {{ images: number }} */ step) => {
        steps++;
        images += step.images;
      },
      line: nothing,
      estimate: nothing,
      notice: nothing,
    };
    const settings = { ...preset, seed, totalEpochs: epochs, run: 'measured', dataset: 'mini-cub' };
    const trained = await engine.train(settings, Comlink.proxy(events));
    running = false;
    const seconds = (performance.now() - began) / 1000;
    frames.sort((a, b) => a - b);
    const { accuracy, heads } = trained.evaluation;
    const quantile = (/** @type {number} */ q) => frames[Math.floor(q * (frames.length - 1))];
    const told = { median: quantile(0.5), p999: quantile(0.999), longest: quantile(1) };
    return { accuracy, heads, seconds, steps, images, frames: told };
  },
  { preset: MINI, threads: THREADS, seed: Number(seed), epochs: Number(epochs) },
);
clearInterval(sampling);
const tab = await busiest();
const cpu = tab.cpuTime - before.cpuTime;
console.log(JSON.stringify({ accuracy, heads, seconds, steps, images, frames }));
console.log(
  `CPU time of the tab: ${cpu.toFixed(1)} s, ${((1000 * cpu) / steps).toFixed(0)} ms a step`,
);
resident.sort((a, b) => a - b);
const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(0);
const usual = resident[Math.floor(resident.length / 2)] ?? 0;
console.log(
  `its resident memory: ${megabytes(usual)} MB half of the time, ${megabytes(bytesOf(tab.id, 'VmHWM'))} MB at most`,
);
await browser.close();
await site.close();
process.exit();

/** The process of the tab that has computed most. */
async function busiest() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const [first] = processInfo
    .filter(({ type }) => type === 'renderer')
    .sort((a, b) => b.cpuTime - a.cpuTime);
  return first ?? { id: 0, cpuTime: 0 };
}

/** @param {number} id of a process @param {'VmRSS' | 'VmHWM'} field resident now, or at most so far */
function bytesOf(id, field) {
  const status = readFileSync(`/proc/${id}/status`, 'utf8');
  return 1024 * Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]);
}
