import type { ExportKind } from '../../engine/engine.ts';

/** A form in which something can be downloaded. */
export interface Choice {
  kind: ExportKind;
  /** What tells it from the other forms; left out where there is one. */
  title?: string;
}

/** Something that can be downloaded, in words. */
export interface Offer {
  title: string;
  /** For whom it is. */
  hint: string;
  choices: readonly Choice[];
}

/** What can be downloaded of a run. */
export const OFFERS: readonly Offer[] = [
  {
    title: 'Model for web pages and Node',
    hint: 'For TensorFlow.js. Smaller ones have rounded weights, and are tested again before you download them.',
    choices: [
      { title: 'Exactly as it is, 32 bits', kind: { kind: 'model', weights: 'float32' } },
      { title: 'Half the size, 16 bits', kind: { kind: 'model', weights: 'float16' } },
      { title: 'A quarter of the size, 8 bits', kind: { kind: 'model', weights: 'uint8' } },
    ],
  },
  {
    title: 'The whole run',
    hint: 'Settings, curves and checkpoints as the command line keeps them: evaluate it there, or go on training.',
    choices: [{ kind: { kind: 'run' } }],
  },
  {
    title: 'Weights for PyTorch',
    hint: 'One .safetensors file with PyTorch’s names.',
    choices: [{ kind: { kind: 'safetensors' } }],
  },
  {
    title: 'Report',
    hint: 'One HTML page to read and to send: curves, mistakes, classes, explained pictures.',
    choices: [{ kind: { kind: 'report' } }],
  },
];
