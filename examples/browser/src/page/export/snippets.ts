import type { ExportKind } from '../../engine/engine.ts';

/** Code that uses what was downloaded. */
export interface Snippet {
  /** What to do first, and where the code goes. */
  how: string;
  code: string;
}

/**
 * Code that uses a download.
 *
 * @param run its name, which is the folder in a ZIP
 * @param file name of the download
 * @returns null for what is read by people
 */
export function snippetFor(kind: ExportKind['kind'], run: string, file: string): Snippet | null {
  switch (kind) {
    case 'model':
      return {
        how: 'Unpack the ZIP beside your page. From npm: @fbsd/trainer, @tensorflow/tfjs-core and a backend.',
        code: `import '@tensorflow/tfjs-backend-wasm';
import { loadClassifier } from '@fbsd/trainer/web';
import { setBackend } from '@tensorflow/tfjs-core';

await setBackend('wasm');
const classifier = await loadClassifier(${quoted(`./${run}/`)});
const picture = document.querySelector('img'); // or a File, a canvas, a video
for (const { className, probability } of await classifier.classify(picture, { top: 3 })) {
  console.log(className, probability);
}`,
      };
    case 'run':
      return {
        how: 'Unpack the ZIP, and type in a terminal, with Node:',
        code: `npx @fbsd/cli evaluate --model ${quoted(run)} --data my-photos
npx @fbsd/cli predict --model ${quoted(run)} picture.jpg`,
      };
    case 'safetensors':
      return {
        how: 'In Python, with PyTorch and the package safetensors:',
        code: `from safetensors.torch import load_file

state = load_file(${quoted(file)})
for name, weights in state.items():
    print(name, tuple(weights.shape))`,
      };
    case 'report':
      return null;
  }
}

/** In quotes that JavaScript, Python and shells take. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
