// What program.js does, in Node.
// Usage: node node.js THREADS FOLDER, where FOLDER is what draw.js drew
import { diskPictures, loadClassFolders } from '@fbsd/datasets';
import { useThreadedWasm } from '@fbsd/kernels/node';
import { trainTwice } from './train.js';

const [threads, folder] = process.argv.slice(2);
const threaded = await useThreadedWasm({ threads: Number(threads) });
const dataset = await loadClassFolders(String(folder));
console.log(JSON.stringify(await trainTwice(dataset, diskPictures)));
await threaded.dispose();
