import { existsSync } from 'node:fs';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MetricsLine, UserError } from '@fbsd/trainer';

const METRICS = 'metrics.jsonl';

/** Reads the lines of a run's `metrics.jsonl`. @throws UserError for a damaged one */
export async function readMetrics(runDirectory: string): Promise<MetricsLine[]> {
  const file = join(runDirectory, METRICS);
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.flatMap((line, i) => (line === '' ? [] : [parse(line, `${file}:${i + 1}`)]));
}

/** Adds a line to a run's `metrics.jsonl`. */
export async function appendMetrics(runDirectory: string, line: MetricsLine): Promise<void> {
  await appendFile(join(runDirectory, METRICS), `${JSON.stringify(line)}\n`);
}

/**
 * Takes away the lines of a run that come after a checkpoint: the steps since then will be done, and
 * written, again. A last line that a killed process left unfinished goes with them.
 *
 * @param step steps done at the checkpoint
 * @throws UserError for a damaged line before the last
 */
export async function rewindMetrics(runDirectory: string, step: number): Promise<void> {
  const file = join(runDirectory, METRICS);
  if (!existsSync(file)) return;
  const complete = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  const kept = complete.filter((line, i) => parse(line, `${file}:${i + 1}`).step <= step);
  const temporary = join(runDirectory, `.${METRICS}`);
  await writeFile(temporary, kept.map((line) => `${line}\n`).join(''), { flush: true });
  await rename(temporary, file);
}

function parse(line: string, where: string): MetricsLine {
  try {
    return JSON.parse(line) as MetricsLine;
  } catch (cause) {
    throw new UserError(`[fbsd] ${where}: expected JSON; got '${line}'. Remove the line.`, {
      cause,
    });
  }
}
