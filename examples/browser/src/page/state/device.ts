import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import type { Backend, Started } from '../../engine/engine.ts';
import { wantedIn } from '../../engine/start-options.ts';
import { engine } from '../engine.ts';
import { deviceWords } from '../words/device-words.ts';
import { messageOf } from '../words/message-of.ts';
import { announce } from './announcement.ts';

/** What computes; null until it is there. */
export const started = signal<Started | null>(null);
/** Why nothing computes. */
export const startError = signal<string | null>(null);

/** Why the backend that was asked for last is not used. */
export const changeError = signal<string | null>(null);

/** Why something else computes than what was chosen; null where nothing does. */
export const replaced = signal<string | null>(null);

const asked = wantedIn(location.search);
/** What was asked for; undefined for the fastest there is. */
export const choice = signal(asked.backend);
let starting: Promise<void> | undefined;

/** Starts once: the fastest backend, or the one that the page's address asks for. */
export function ready(): Promise<void> {
  starting ??= start(asked.backend);
  return starting;
}

/** Changes to another backend; where it cannot be started, back to the one before. */
export async function changeBackend(wanted: Backend | undefined): Promise<void> {
  const before = started.value?.backend;
  changeError.value = null;
  replaced.value = null;
  choice.value = wanted;
  starting = start(wanted).catch((error) => {
    if (!before) throw error;
    changeError.value = startError.value;
    choice.value = before;
    return start(before);
  });
  return starting;
}

void engine.watch(
  proxy((instead, reason) => {
    started.value = instead;
    choice.value = instead.backend;
    replaced.value = `${reason} ${deviceWords(instead)}`;
    announce(replaced.value);
  }),
);

async function start(wanted?: Backend): Promise<void> {
  started.value = null;
  startError.value = null;
  try {
    started.value = await engine.start(wanted, asked.options);
  } catch (error) {
    startError.value = messageOf(error);
    throw error;
  }
}
