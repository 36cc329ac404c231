// Names the classes of pictures by a model. Usage: node node.js MODEL PICTURE…; prints the classifications, as JSON
import { loadClassifier, selectBackend } from '@fbsd/cli';

const [folder, ...pictures] = process.argv.slice(2);
await selectBackend('wasm');
const classifier = await loadClassifier(String(folder));
console.log(JSON.stringify(await classifier.classifyAll(pictures)));
