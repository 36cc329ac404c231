import type { ExportKind } from '../../engine/engine.ts';

/** Something that can be downloaded, in words. */
export interface Offer {
  id: string;
  kind: ExportKind;
  title: string;
  /** For whom it is. */
  hint: string;
}

/** What can be downloaded of a run. */
export const OFFERS: readonly Offer[] = [
  {
    id: 'float32',
    kind: { kind: 'model', weights: 'float32' },
    title: 'Model for web pages and Node',
    hint: 'TensorFlow.js, every weight as it is: answers exactly as here.',
  },
  {
    id: 'float16',
    kind: { kind: 'model', weights: 'float16' },
    title: 'The same, half the size',
    hint: 'Weights rounded to 16 bits; tested again before you download it.',
  },
  {
    id: 'uint8',
    kind: { kind: 'model', weights: 'uint8' },
    title: 'The same, a quarter of the size',
    hint: 'Weights rounded to 8 bits; tested again before you download it.',
  },
  {
    id: 'run',
    kind: { kind: 'run' },
    title: 'The whole run',
    hint: 'Settings, curves and checkpoints as the command line keeps them: evaluate it there, or go on training.',
  },
  {
    id: 'safetensors',
    kind: { kind: 'safetensors' },
    title: 'Weights for PyTorch',
    hint: 'One .safetensors file with PyTorch’s names.',
  },
  {
    id: 'report',
    kind: { kind: 'report' },
    title: 'Report',
    hint: 'One HTML page to read and to send: curves, mistakes, classes, explained pictures.',
  },
];
