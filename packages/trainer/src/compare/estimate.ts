import { studentQuantile } from './student.ts';

/** What a sample says of the mean that it was drawn around. */
export interface Estimate {
  /** Size n of the sample. */
  count: number;
  /** Of the sample. */
  mean: number;
  /** Of the sample, √(Σ(x − mean)²/(n − 1)); null for a single value. */
  deviation: number | null;
  /** 95% interval of the mean by Student's t: mean ± t·deviation/√n; null for a single value. */
  interval: readonly [low: number, high: number] | null;
}

const COVERAGE = 0.95;

/** @param values at least one */
export function estimate(values: readonly number[]): Estimate {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { count, mean, deviation: null, interval: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (count - 1));
  const half = (studentQuantile(COVERAGE, count - 1) * deviation) / Math.sqrt(count);
  return { count, mean, deviation, interval: [mean - half, mean + half] };
}
