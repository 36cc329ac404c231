import type { Backend } from '../engine.ts';

/** A backend of tfjs that has been started. */
export interface RunningBackend {
  backend: Backend;
  /** Threads that compute on the CPU; 1 on a GPU. */
  threads: number;
  /** Name of the GPU. */
  adapter?: string;
  /** Resolves, with a sentence, if the GPU is lost; never where there is none. */
  lost: Promise<string>;
  /** Whether it is lost already, which may be known before it is told. */
  isLost(): boolean;
  /** Is told of shaders that are being compiled: those done, and those asked for so far. */
  watchShaders(onShaders: OnShaders): () => void;
  /** Gives everything back. All its tensors are lost. */
  dispose(): Promise<void>;
}

export type OnShaders = (done: number, total: number) => void;

/** A backend that cannot be had here, with the reason as a sentence. */
export class NotHere extends Error {}

/** What those without a GPU have in common. */
export const WITHOUT_GPU: Pick<RunningBackend, 'lost' | 'isLost' | 'watchShaders'> = {
  lost: new Promise(() => {}),
  isLost: () => false,
  watchShaders: () => () => {},
};
