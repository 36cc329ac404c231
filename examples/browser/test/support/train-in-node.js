// Trains on a folder as the page does on its files, and prints the lines of the metrics, as JSON.
// Usage: node train-in-node.js FOLDER SETTINGS, settings as JSON, threads included
import { diskPictures, loadClassFolders } from '@fbsd/datasets';
import { fbsd } from '@fbsd/fbsd';
import { useThreadedWasm } from '@fbsd/kernels/node';
import { SGD, train } from '@fbsd/trainer';

const [folder, json] = process.argv.slice(2);
const { threads, ...settings } = JSON.parse(String(json));
const { arch, imageSize, seed, newLearningRate, pretrainedLearningRate } = settings;
const threaded = await useThreadedWasm({ threads });
const dataset = await loadClassFolders(String(folder), { seed });
const model = fbsd({ arch, imageSize, seed, classes: dataset.classNames.length });
const optimizer = new SGD(model, { newLearningRate, pretrainedLearningRate });
/** @type {object[]} */
const lines = [];
/** @type {import('@fbsd/trainer').RunStore} */
const store = {
  save: async () => {},
  load: async () => null,
  append: async (line) => void lines.push(structuredClone(line)),
  rewind: async () => {},
};
await train({ ...settings, model, optimizer, dataset, pictures: diskPictures, store });
console.log(JSON.stringify(lines));
await threaded.dispose();
