import { signal } from '@preact/signals';
import type { RunInfo } from '../../engine/engine.ts';
import { engine } from '../engine.ts';
import { messageOf } from '../words/message-of.ts';

/** The runs in the browser's storage. */
export const runs = signal<readonly RunInfo[]>([]);
/** Why they could not be listed. */
export const runsError = signal<string | null>(null);

/** Reads them again. */
export async function refreshRuns(): Promise<void> {
  try {
    runs.value = await engine.runs();
    runsError.value = null;
  } catch (error) {
    runsError.value = messageOf(error);
  }
}

/** Deletes a run with its checkpoints. */
export async function forgetRun(run: string): Promise<void> {
  await engine.forget(run);
  await refreshRuns();
}
