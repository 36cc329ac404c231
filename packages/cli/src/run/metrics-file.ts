import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MetricsLine, UserError } from '@fbsd/trainer';
import { type Disk, nodeDisk } from '../disk/disk.ts';
import { replaceFile } from '../disk/durable.ts';
import { isRecord, shown } from './json-file.ts';

const METRICS = 'metrics.jsonl';

/**
 * Reads the lines of a run's `metrics.jsonl`. What a power cut or a kill leaves is passed over: a torn last line, and
 * bytes of zero with what is torn beside them.
 *
 * @throws UserError for a damaged one
 */
export async function readMetrics(runDirectory: string): Promise<MetricsLine[]> {
  const file = join(runDirectory, METRICS);
  return parseAll(await readFile(file, 'utf8'), file);
}

/** Adds a line to a run's `metrics.jsonl`. */
export async function appendMetrics(
  runDirectory: string,
  line: MetricsLine,
  disk: Disk = nodeDisk,
): Promise<void> {
  await disk.append(join(runDirectory, METRICS), `${JSON.stringify(line)}\n`);
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
  const kept = parseAll(await readFile(file, 'utf8'), file).filter((line) => line.step <= step);
  const text = kept.map((line) => `${JSON.stringify(line)}\n`).join('');
  await replaceFile(disk, runDirectory, METRICS, text);
}

function parseAll(text: string, file: string): MetricsLine[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    const mayBeTorn = i === lines.length - 1 || line.includes('\0');
    return line.split('\0').flatMap((part) => {
      const read = part === '' ? null : parse(part);
      if (read || part === '' || mayBeTorn) return read ?? [];
      throw new UserError(
        `[fbsd] ${file}:${i + 1}: expected a line of JSON with kind and step; got ${shown(part)}. Remove the line.`,
      );
    });
  });
}

/** @returns null for what is no line of metrics */
function parse(text: string): MetricsLine | null {
  try {
    const line: unknown = JSON.parse(text);
    const known = isRecord(line) && (line['kind'] === 'step' || line['kind'] === 'epoch');
    return known && Number.isInteger(line['step']) ? (line as unknown as MetricsLine) : null;
  } catch {
    return null;
  }
}
