import { signal } from '@preact/signals';
import type { NamedBlob, RunInfo } from '../../engine/engine.ts';
import { engine } from '../engine.ts';
import { messageOf } from '../words/message-of.ts';
import { announce } from './announcement.ts';

/** The runs in the browser's storage. */
export const runs = signal<readonly RunInfo[]>([]);
/** Why they could not be listed, or one not be taken in. */
export const runsError = signal<string | null>(null);
/** True while one is taken in. */
export const isImporting = signal(false);

/** Reads them again. */
export async function refreshRuns(): Promise<void> {
  try {
    runs.value = await engine.runs();
    runsError.value = null;
  } catch (error) {
    runsError.value = messageOf(error);
  }
}

/** Takes a run from elsewhere, as its folder or ZIP. */
export async function importRun(reading: Promise<NamedBlob[]>): Promise<void> {
  runsError.value = null;
  isImporting.value = true;
  try {
    const name = await engine.importRun(await reading);
    await refreshRuns();
    announce(`Added: ${name}.`);
  } catch (error) {
    runsError.value = messageOf(error);
  } finally {
    isImporting.value = false;
  }
}

/** Deletes a run with its checkpoints. */
export async function forgetRun(run: string): Promise<void> {
  await engine.forget(run);
  await refreshRuns();
}
