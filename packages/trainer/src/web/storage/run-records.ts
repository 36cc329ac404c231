import type { GivenFile } from '../../run-files/given-files.ts';
import type { RunFile } from '../../run-files/index.ts';
import type { MetricsLine } from '../../train/metrics.ts';
import type { CheckpointName } from '../../train/run-store.ts';
import { resultOf, transact } from './database.ts';
import { lock } from './lock.ts';

/** The stores of the database: what is known of a run, its checkpoints, its metrics. */
export const RUNS = 'runs';
export const CHECKPOINTS = 'checkpoints';
export const LINES = 'lines';

/**
 * A checkpoint: the files that `fbsd train` writes to a folder, so that one format is read and checked everywhere.
 *
 * As Blobs: what else is stored of one record has to stay below 127 MiB in Chromium, and one of ResNet-50 has twice that.
 */
export interface CheckpointRecord {
  run: string;
  name: CheckpointName;
  files: { path: string; bytes: Blob }[];
}

/** A file as it is stored. */
export function stored({ path, bytes }: GivenFile): CheckpointRecord['files'][number] {
  return { path, bytes: new Blob([bytes as BlobPart]) };
}

/** Bytes of its files. */
export function sizeOf({ files }: CheckpointRecord): number {
  return files.reduce((total, { bytes }) => total + bytes.size, 0);
}

/** A line of the metrics; the key tells the order. */
export interface LineRecord {
  run: string;
  line: MetricsLine;
}

/** The checkpoints and the lines of a run, as they stood at one time. */
export async function everythingOf(database: IDBDatabase, run: string) {
  const stores = [CHECKPOINTS, LINES];
  const [last, best, lines] = await transact(database, { stores }, (transaction) => {
    const checkpoint = (name: CheckpointName) =>
      resultOf<CheckpointRecord | undefined>(transaction.objectStore(CHECKPOINTS).get([run, name]));
    const all = transaction.objectStore(LINES).index('run').getAll(run);
    return Promise.all([checkpoint('last'), checkpoint('best'), resultOf<LineRecord[]>(all)]);
  });
  return {
    metrics: lines.map(({ line }) => line),
    checkpoints: {
      ...(last && { last: await inMemory(last) }),
      ...(best && { best: await inMemory(best) }),
    },
  };
}

function inMemory({ files }: CheckpointRecord): Promise<RunFile[]> {
  return Promise.all(
    files.map(async ({ path, bytes }) => ({
      path,
      bytes: new Uint8Array(await bytes.arrayBuffer()),
    })),
  );
}

/** Deletes the lines of a run that fulfil a condition. */
export function deleteLines(
  transaction: IDBTransaction,
  run: string,
  condition: (line: MetricsLine) => boolean,
): Promise<void> {
  const request = transaction.objectStore(LINES).index('run').openCursor(run);
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve();
      if (condition((cursor.value as LineRecord).line)) cursor.delete();
      cursor.continue();
    };
  });
}

/** Makes this page the only one that writes to a run, see {@link lock}. */
export function lockRun(database: IDBDatabase, run: string): Promise<() => void> {
  return lock(`${database.name}/${run}`, `the run '${run}'`);
}
