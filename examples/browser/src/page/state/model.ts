import { signal } from '@preact/signals';
import type { Doing, ModelInfo, ModelSource } from '../../engine/engine.ts';
import { engine } from '../engine.ts';
import { messageOf } from '../words/message-of.ts';
import { announce } from './announcement.ts';
import { ready, startError } from './device.ts';
import { whileDoing } from './while-doing.ts';

/** The model that classifies; null until there is one. */
export const model = signal<ModelInfo | null>(null);
/** Where it came from. */
export const modelSource = signal<ModelSource>({ kind: 'bundled' });
/** How far loading is; null while nothing is loaded. */
export const modelDoing = signal<Doing | null>(null);
/** Why the model that was asked for could not be loaded: the one before stays. */
export const modelError = signal<string | null>(null);

/** Takes another model. */
export async function loadModel(source: ModelSource): Promise<void> {
  modelError.value = null;
  modelDoing.value = { what: 'loading', done: 0, unit: 'bytes' };
  try {
    await ready();
    const loaded = await whileDoing(
      (doing) => {
        modelDoing.value = doing;
      },
      (onDoing) => engine.load(source, onDoing),
    );
    model.value = loaded;
    modelSource.value = source;
    announce(`Ready: ${loaded.name}.`);
  } catch (error) {
    if (!startError.value) modelError.value = messageOf(error); // else the page says so above
  } finally {
    modelDoing.value = null;
  }
}
