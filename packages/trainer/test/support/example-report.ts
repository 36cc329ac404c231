import type { Inspection, LevelInspection } from '../../src/explain/inspect-images.ts';
import type { Mistake } from '../../src/explain/mistakes.ts';
import { strips } from '../../src/explain/strips.ts';
import type { WholePicture } from '../../src/explain/whole-picture.ts';
import type { Report } from '../../src/report/page.ts';
import type { ReportSample } from '../../src/report/sample-card.ts';
import type { EpochLine, Evaluation, StepLine } from '../../src/train/metrics.ts';

/** A report of a run of some epochs on some classes, with one picture. */
export function exampleReport(classes: number, epochs: number): Report {
  return {
    title: `example of ${classes} classes`,
    settings: { arch: 'mini', totalEpochs: epochs, parts: [8, 4, 2], data: null },
    metrics: exampleMetrics(epochs),
    evaluation: exampleEvaluation(classes),
    classNames: Array.from({ length: classes }, (_, i) => `bird ${i + 1}`),
    samples: [exampleSample(classes)],
    facts: { backend: 'wasm', seconds: 127, imagesPerSecond: 52.34, peakMemoryBytes: 1.13e9 },
  };
}

/** The same with what only a run of the trainer has: a gallery, original pictures, a table of pictures. */
export function exampleRunReport(classes: number, epochs: number): Report {
  const report = exampleReport(classes, epochs);
  const pictures = report.evaluation?.pictures ?? [];
  return {
    ...report,
    samples: report.samples.map((sample) => ({ ...sample, whole: exampleWhole(60, 40) })),
    testFiles: pictures.map((_, i) => `test/${i}.jpg`),
    mistakes: [exampleMistake('002.bird/one.jpg', 0.97), exampleMistake('other.jpg', 0.8)],
    facts: {
      ...report.facts,
      date: '2026-11-27T04:14:18.000Z',
      architecture: 'mini at 96 px',
      command: 'fbsd train --data my-photos',
    },
  };
}

function exampleMistake(file: string, probability: number): Mistake {
  const picture = exampleWhole(30, 90);
  return { file, label: 1, predicted: 0, probability, probabilityOfTruth: 0.02, picture };
}

function exampleWhole(width: number, height: number): WholePicture {
  const side = 12;
  const crop = { x: 0.1, y: 0.1, width: 0.8, height: 0.8 };
  return { pixels: new Uint8Array(side * side * 3).fill(90), width, height, crop };
}

/** An epoch with a test after it. */
type TestedEpoch = EpochLine & { test: NonNullable<EpochLine['test']> };

/** Falling losses, rising accuracies, two steps logged per epoch. */
export function exampleMetrics(epochs: number): (StepLine | TestedEpoch)[] {
  return Array.from({ length: epochs }, (_, i) => i + 1).flatMap((epoch) => {
    const averages = (offset: number) => ({
      loss: 7 / epoch + offset,
      losses: [1, 0.9, 0.8, 0.7].map((loss) => loss / epoch + offset),
      accuracy: 1 - 1 / (epoch + 1),
    });
    const step = (index: number): StepLine => ({
      kind: 'step',
      epoch,
      step: 2 * (epoch - 1) + index,
      ...averages(0),
      learningRate: { new: 0.02 / epoch, pretrained: 0.002 / epoch },
      imagesPerSecond: 50,
    });
    const test = {
      ...averages(0.5),
      top5: 0.9,
      heads: [0.5, 0.6, 0.7, 0.8],
      headsTop5: [0.8, 0.8, 0.9, 0.9],
      count: 40,
    };
    return [
      step(1),
      step(2),
      {
        kind: 'epoch',
        epoch,
        step: 2 * epoch,
        train: averages(0),
        test,
        seconds: 9,
        peakMemoryBytes: 1e9,
      },
    ];
  });
}

/** Ten images per class, of which one is taken for the next class. */
export function exampleEvaluation(classes: number): Evaluation {
  const confusion = Array.from({ length: classes }, (_, truth) =>
    Array.from({ length: classes }, (_, predicted) =>
      predicted === truth ? 9 : predicted === (truth + 1) % classes ? 1 : 0,
    ),
  );
  const pictures = confusion.flatMap((row, label) =>
    row.flatMap((images, predicted) =>
      Array.from({ length: images }, (_, i) => ({
        label,
        predicted,
        probability: 0.5 + 0.01 * i,
        probabilityOfTruth: predicted === label ? 0.5 + 0.01 * i : 0.25,
      })),
    ),
  );
  return {
    loss: 2,
    losses: [0.61, 0.44, 0.39, 0.35],
    accuracy: 0.9,
    top5: 0.95,
    heads: [0.71, 0.72, 0.73, 0.74],
    headsTop5: [0.9, 0.91, 0.92, 0.93],
    confusion,
    pictures,
    count: 10 * classes,
  };
}

export function exampleSample(classes: number): ReportSample {
  const size = 16;
  return {
    pixels: Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 7) % 256),
    label: 1,
    file: '002.bird/one.jpg',
    inspection: exampleInspection(classes),
  };
}

function exampleInspection(classes: number): Inspection {
  const rest = 0.3 / (classes - 1);
  const probabilities = Array.from({ length: classes }, (_, i) => (i === 0 ? 0.7 : rest));
  return {
    heads: [probabilities, probabilities, probabilities, probabilities],
    combined: probabilities,
    predicted: 0,
    levels: [
      exampleLevel({ level: 1, probabilities: [0.125, 0.125, 0.5, 0.25], suppressed: [2] }),
      exampleLevel({ level: 2, axis: 'width', probabilities: [0.4, 0.2, 0.4], suppressed: [0, 2] }),
      exampleLevel({
        level: 3,
        probabilities: [0.4, 0.6],
        suppressed: [1],
        suppressedIsUsed: false,
      }),
    ],
  };
}

function exampleLevel(
  given: Pick<LevelInspection, 'level' | 'probabilities' | 'suppressed'> & Partial<LevelInspection>,
): LevelInspection {
  const parts = given.probabilities.length;
  return {
    layer: `fbsm${given.level}`,
    parts,
    alpha: 0.5,
    beta: 0.5,
    axis: 'height',
    strips: strips(7, parts),
    suppressedIsUsed: true,
    heatMap: { height: 7, width: 7, values: Array.from({ length: 49 }, (_, i) => i / 48) },
    ...given,
  };
}
