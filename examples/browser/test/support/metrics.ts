import type { EpochLine, MetricsLine } from '@fbsd/trainer';

/** What of a line is the same on every machine. */
export function withoutTime(line: MetricsLine): object {
  const {
    imagesPerSecond: _,
    seconds: __,
    ...rest
  } = line as EpochLine & { imagesPerSecond: number };
  return rest;
}
