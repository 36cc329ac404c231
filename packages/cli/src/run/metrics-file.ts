import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricsLine } from '@fbsd/trainer';
import { decodeMetrics, encodeMetricsLine, METRICS } from '@fbsd/trainer/run-files';
import { type Disk, nodeDisk } from '../disk/disk.ts';
import { replaceFile } from '../disk/durable.ts';

/**
 * Reads the lines of a run's `metrics.jsonl`. What a power cut or a kill leaves is passed over: a torn last line, and
 * bytes of zero with what is torn beside them. A run without the file has no lines.
 *
 * @throws UserError for a damaged one
 */
export async function readMetrics(runDirectory: string): Promise<MetricsLine[]> {
  const file = join(runDirectory, METRICS);
  if (!existsSync(file)) return [];
  return decodeMetrics(await readFile(file, 'utf8'), file);
}

/** Adds a line to a run's `metrics.jsonl`. */
export async function appendMetrics(
  runDirectory: string,
  line: MetricsLine,
  disk: Disk = nodeDisk,
): Promise<void> {
  await disk.append(join(runDirectory, METRICS), encodeMetricsLine(line));
}

/** Waits until the lines so far are on the disk itself. */
export async function syncMetrics(runDirectory: string, disk: Disk = nodeDisk): Promise<void> {
  const file = join(runDirectory, METRICS);
  if (!existsSync(file)) return;
  await disk.sync(file);
  await disk.sync(runDirectory);
}

/**
 * Takes away the lines of a run that come after a checkpoint: the steps since then will be done, and
 * written, again. What {@link readMetrics} passes over goes with them.
 *
 * @param step steps done at the checkpoint
 * @throws UserError for a damaged line
 */
export async function rewindMetrics(
  runDirectory: string,
  step: number,
  disk: Disk = nodeDisk,
): Promise<void> {
  const file = join(runDirectory, METRICS);
  if (!existsSync(file)) return;
  const kept = decodeMetrics(await readFile(file, 'utf8'), file).filter(
    (line) => line.step <= step,
  );
  const text = kept.map(encodeMetricsLine).join('');
  await replaceFile(disk, runDirectory, METRICS, text);
}
