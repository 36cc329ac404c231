import { effect, signal } from '@preact/signals';
import type { Explained, ModelInfo } from '../../engine/engine.ts';
import { engine } from '../engine.ts';
import { messageOf } from '../words/message-of.ts';
import { announce } from './announcement.ts';
import { model } from './model.ts';
import { pictures } from './pictures.ts';

/** At most so many pictures are compared. */
const MOST = 2;

/** Numbers of the pictures that are explained, side by side. */
export const chosen = signal<readonly number[]>([]);
/** What the model made of each picture, by its number. */
export const explained = signal<ReadonlyMap<number, Explained>>(new Map());
/** True while the model looks. */
export const explaining = signal(false);
/** Why it could not. */
export const explainError = signal<string | null>(null);

/** Explains one picture. */
export function explainOnly(id: number): void {
  chosen.value = [id];
}

/** Adds a picture to those that are explained, in place of the last where there are two; or takes it away. */
export function toggle(id: number): void {
  const without = chosen.value.filter((other) => other !== id);
  const isChosen = without.length < chosen.value.length;
  chosen.value = isChosen ? without : [...without.slice(0, MOST - 1), id];
}

/** Explains the pictures that are chosen; does nothing for those that are explained. */
export async function explainChosen(): Promise<void> {
  const by = model.value;
  const missing = pictures.value.filter(
    ({ id, error }) => chosen.value.includes(id) && !explained.value.has(id) && !error,
  );
  if (missing.length === 0 || explaining.value || !by || by.levels === 0) return;
  explaining.value = true;
  explainError.value = null;
  try {
    const results = await engine.explain(missing.map(({ path, blob }) => ({ path, blob })));
    if (model.value === by) {
      const added = missing.map(({ id }, i) => [id, results[i] as Explained] as const);
      explained.value = new Map([...explained.value, ...added]);
      announce('Explained.');
    }
    explaining.value = false;
  } catch (error) {
    explaining.value = false;
    explainError.value = messageOf(error);
    return;
  }
  await explainChosen(); // what was chosen meanwhile
}

// What another model made of them does not count any more.
let before: ModelInfo | null = null;
effect(() => {
  if (model.value === before) return;
  before = model.value;
  explained.value = new Map();
  explainError.value = null;
});
