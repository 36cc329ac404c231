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
 * @param file name of the download
 * @returns null for what is read by people
 */
export function snippetFor(kind: ExportKind['kind'], file: string): Snippet | null {
  const folder = file.replace(/\.zip$/, '');
  switch (kind) {
    case 'model':
      return {
        how: 'Unpack the ZIP beside your page, and install @fbsd/trainer.',
        code: `import '@tensorflow/tfjs-backend-webgl';
import { loadClassifier } from '@fbsd/trainer/web';

const classifier = await loadClassifier('./${folder}/');
const picture = document.querySelector('img');
for (const { className, probability } of await classifier.classify(picture, { top: 3 })) {
  console.log(className, probability);
}`,
      };
    case 'run':
      return {
        how: 'Unpack the ZIP, and type in a terminal, with Node:',
        code: `npx @fbsd/cli evaluate --model '${folder}' --data my-photos
npx @fbsd/cli predict --model '${folder}' picture.jpg`,
      };
    case 'safetensors':
      return {
        how: 'In Python, with PyTorch and the package safetensors:',
        code: `from safetensors.torch import load_file

state = load_file('${file}')
for name, weights in state.items():
    print(name, tuple(weights.shape))`,
      };
    case 'report':
      return null;
  }
}
