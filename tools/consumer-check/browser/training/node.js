// What program.js does, in Node.
// Usage: node node.js THREADS FOLDER, where FOLDER is what draw.js drew
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskRunStore } from '@fbsd/cli';
import { diskPictures, loadClassFolders } from '@fbsd/datasets';
import { useThreadedWasm } from '@fbsd/kernels/node';
import { goOn, hashPictures, trainToTheEnd, trainToTheStop } from './train.js';

const [threads, folder] = process.argv.slice(2);
const threaded = await useThreadedWasm({ threads: Number(threads) });
const dataset = await loadClassFolders(String(folder));
const whole = new DiskRunStore(`${folder}-whole`);
const stopped = new DiskRunStore(`${folder}-stopped`);
const args = { dataset, pictures: diskPictures };
const { imagesPerSecond, ...run } = await trainToTheEnd({ ...args, store: whole });
await trainToTheStop({ ...args, store: stopped });
const resumed = await goOn({ ...args, store: stopped });
const sums = await readFile(join(stopped.directory, 'checkpoints', 'last', 'SHA256SUMS'), 'utf8');
const pictures = await hashPictures(args);
console.log(JSON.stringify({ pictures, whole: run, resumed, sums, imagesPerSecond }));
await threaded.dispose();
