import type { MetricsLine } from '../train/metrics.ts';
import { UserError } from '../user-error.ts';
import { isRecord, shown } from './json.ts';

/** The file of a run with its {@link MetricsLine}s. */
export const METRICS = 'metrics.jsonl';

/** A line of the file. */
export function encodeMetricsLine(line: MetricsLine): string {
  return `${JSON.stringify(line)}\n`;
}

/**
 * The lines of a file's text. What a power cut or a kill leaves is passed over: a torn last line, and
 * bytes of zero with what is torn beside them.
 *
 * @param file for messages
 * @throws UserError for a damaged one
 */
export function decodeMetrics(text: string, file: string): MetricsLine[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    const mayBeTorn = i === lines.length - 1 || line.includes('\0');
    return line.split('\0').flatMap((part) => {
      const read = part === '' ? null : parse(part);
      if (read || part === '' || mayBeTorn) return read ?? [];
      throw new UserError(
        `[@fbsd/trainer] ${file}:${i + 1}: expected a line of JSON with kind and step; got ${shown(part)}. Remove the line.`,
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
