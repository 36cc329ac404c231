// Saves a model as a run does, and names the classes of pictures by it.
// Usage: node node.js MODEL PICTURE…; MODEL is a folder of a run. Prints the classifications, as JSON
import { DiskRunStore, loadClassifier, selectBackend } from '@fbsd/cli';
import { fbsd } from '@fbsd/fbsd';

const [folder, ...pictures] = process.argv.slice(2);
await selectBackend('wasm');
const classNames = ['robin', 'tit', 'wren'];
const model = fbsd({ arch: 'mini', classes: 3, imageSize: 65, seed: 3 });
const progress = { epoch: 1, step: 0, batch: 0, best: null };
await new DiskRunStore(String(folder)).save('best', {
  model,
  velocities: [],
  progress,
  classNames,
});
const classifier = await loadClassifier(String(folder));
console.log(JSON.stringify(await classifier.classifyAll(pictures)));
