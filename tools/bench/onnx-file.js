// Writes the network of a case as ONNX, batch norms folded. Usage: node onnx-file.js CASE FILE; CASE is JSON
import { writeFile } from 'node:fs/promises';
import { foldBatchNorms } from '@fbsd/backbones';
import { selectBackend } from '@fbsd/cli';
import { fbsd } from '@fbsd/fbsd';
import { toOnnx } from '@fbsd/onnx';

const [text, file] = /** @type {[string, string]} */ (process.argv.slice(2));
/** @type {import('./cases.js').NetworkCase} */
const { arch, classes, size } = JSON.parse(text);
await selectBackend('wasm');
const model = foldBatchNorms(fbsd({ arch, classes, imageSize: size }));
await writeFile(file, await toOnnx(model, { layout: 'nchw', probabilities: true }));
