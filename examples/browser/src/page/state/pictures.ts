import type { Classification } from '@fbsd/trainer';
import { effect, signal } from '@preact/signals';
import type { ModelInfo, NamedBlob } from '../../engine/engine.ts';
import { engine } from '../engine.ts';
import { messageOf } from '../words/message-of.ts';
import { announce } from './announcement.ts';
import { model, modelSource } from './model.ts';

/** A picture that somebody wants to know about. */
export interface TriedPicture extends NamedBlob {
  id: number;
  /** Its true class in the page's own model; null for all but the page's own birds. */
  label: number | null;
  /** Likeliest first; null until the model has looked. */
  classes: readonly Classification[] | null;
  /** Why the model could not look. */
  error: string | null;
}

/** A picture as it was given; `fault` says why it could not be read. */
type GivenPicture = NamedBlob & { fault?: string };

/** Classes that are listed of each picture. */
const TOP = 3;
/** The birds that the page opens with: one of each of the first classes of its own model. */
const BIRDS = 6;

/** The pictures of the screen Try; the newest first. */
export const pictures = signal<readonly TriedPicture[]>([]);

let lastId = 0;

/** Adds pictures and classifies them. */
export function addPictures(files: readonly GivenPicture[]): void {
  add(files.map((file) => ({ ...file, label: null })));
}

/** Forgets a picture. */
export function removePicture(id: number): void {
  pictures.value = pictures.value.filter((picture) => picture.id !== id);
}

/** Adds the birds that the page opens with. */
export async function addBirds(): Promise<void> {
  const numbers = Array.from({ length: BIRDS }, (_, i) => i);
  const birds = await Promise.all(
    numbers.map(async (label) => {
      const path = `birds/bird-${label + 1}.jpg`;
      const response = await fetch(`./${path}`);
      return response.ok ? [{ path, label, blob: await response.blob() }] : [];
    }),
  );
  add(birds.flat());
}

/** The true class of a picture, where the model that is loaded has it. */
export function truthOf({ label }: Pick<TriedPicture, 'label'>): string | null {
  if (label === null || modelSource.value.kind !== 'bundled') return null;
  return model.value?.classNames[label] ?? null;
}

function add(files: readonly (GivenPicture & Pick<TriedPicture, 'label'>)[]): void {
  const added = files.map(({ path, blob, label, fault }): TriedPicture => {
    return { id: ++lastId, path, blob, label, classes: null, error: fault ?? null };
  });
  pictures.value = [...added, ...pictures.value];
  void classifyAll();
}

function update(id: number, change: Partial<TriedPicture>): void {
  pictures.value = pictures.value.map((picture) =>
    picture.id === id ? { ...picture, ...change } : picture,
  );
}

// What another model said does not count any more.
let asked: ModelInfo | null = null;
effect(() => {
  if (!model.value || model.value === asked) return;
  asked = model.value;
  pictures.value = pictures.peek().map((picture) => ({ ...picture, classes: null, error: null }));
  void classifyAll();
});

let classifying = false;

/** Classifies one picture after the other until none is left. */
async function classifyAll(): Promise<void> {
  if (classifying || !model.value) return;
  classifying = true;
  const next = () => pictures.value.find(({ classes, error }) => !classes && !error);
  let done = 0;
  for (let picture = next(); picture; picture = next()) {
    const by: ModelInfo | null = model.value;
    try {
      const classes = await engine.classify(picture.blob, TOP);
      if (model.value === by) update(picture.id, { classes });
    } catch (error) {
      if (model.value === by) update(picture.id, { error: messageOf(error) });
    }
    done++;
  }
  classifying = false;
  if (done > 0)
    announce(done === 1 ? 'The picture is classified.' : `${done} pictures are classified.`);
}
