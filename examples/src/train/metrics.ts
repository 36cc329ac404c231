import { existsSync } from 'node:fs';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Loss and accuracy, averaged over some images. */
export interface Averages {
  /** 2·CE₁ + 2·CE₂ + 2·CE₃ + CE_concat. */
  loss: number;
  /** Cross entropy of each head: level 1–3, concat. */
  losses: readonly number[];
  /** Share that the sum of the four logits puts in the right class. */
  accuracy: number;
}

/** Results on the test images. */
export interface Evaluation extends Averages {
  /** Share whose true class is among the five with the largest summed logits. */
  top5: number;
  /** Accuracy of each head alone: level 1–3, concat. */
  heads: readonly number[];
  /** The same within five. */
  headsTop5: readonly number[];
  /** confusion[true class][predicted class] = number of images. */
  confusion: readonly (readonly number[])[];
  /** Number of images. */
  count: number;
}

/** Training since the line before. */
export interface StepLine extends Averages {
  kind: 'step';
  epoch: number;
  /** Steps since the start of the run. */
  step: number;
  learningRate: { new: number; pretrained: number };
  imagesPerSecond: number;
}

/** An epoch: training averaged over it, and the test after it, if there was one. */
export interface EpochLine {
  kind: 'epoch';
  epoch: number;
  step: number;
  train: Averages;
  test: Omit<Evaluation, 'confusion'> | null;
  /** Duration of training and test, in seconds. */
  seconds: number;
  /** Largest resident memory of the process so far. */
  peakMemoryBytes: number;
  /** Memory of the GPU that tensors took at most so far, where the backend knows. */
  gpuMemoryBytes?: number;
}

export type MetricsLine = StepLine | EpochLine;

const METRICS = 'metrics.jsonl';

/** The lines of a run's `metrics.jsonl`. */
export async function readMetrics(runDirectory: string): Promise<MetricsLine[]> {
  const text = await readFile(join(runDirectory, METRICS), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as MetricsLine);
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
 */
export async function rewindMetrics(runDirectory: string, step: number): Promise<void> {
  const file = join(runDirectory, METRICS);
  if (!existsSync(file)) return;
  const complete = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  const kept = complete.filter((line) => (JSON.parse(line) as MetricsLine).step <= step);
  const temporary = join(runDirectory, `.${METRICS}`);
  await writeFile(temporary, kept.map((line) => `${line}\n`).join(''), { flush: true });
  await rename(temporary, file);
}

/** Sums over images. */
export type MeterFields = Pick<Meter, 'count' | 'loss' | 'losses' | 'correct'>;

/** Averages over batches of different sizes. Its fields are plain values: what a checkpoint keeps. */
export class Meter {
  count = 0;
  loss = 0;
  losses: number[] = [];
  correct = 0;

  /** @param fields those of an earlier meter, to go on with it */
  constructor(fields?: MeterFields) {
    if (fields) Object.assign(this, fields);
  }

  add(batch: Averages, size: number): void {
    this.count += size;
    this.loss += batch.loss * size;
    this.losses = batch.losses.map((loss, i) => (this.losses[i] ?? 0) + loss * size);
    this.correct += batch.accuracy * size;
  }

  averages(): Averages {
    const mean = (total: number) => total / this.count;
    return { loss: mean(this.loss), losses: this.losses.map(mean), accuracy: mean(this.correct) };
  }
}
