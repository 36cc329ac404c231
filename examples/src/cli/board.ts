import { join } from 'node:path';
import { HEADS } from '@fbsd/fbsd';
import sharp from 'sharp';
import { levelPictures, type ReportSample } from '../inspect/index.ts';
import { EventFile, type EventImage } from '../train/event-file.ts';
import type { Averages, EpochLine, StepLine } from '../train/metrics.ts';
import type { TrainListener } from '../train/trainer.ts';

/** Pictures that are shown of what the levels did. */
const SHOWN = 4;

/** Writes what a run measures for TensorBoard, to `tensorboard/` in its folder. */
export class Board implements TrainListener {
  private readonly events: EventFile;

  /** @param step steps done so far */
  constructor(runDirectory: string, step: number) {
    this.events = new EventFile(join(runDirectory, 'tensorboard'), step + 1);
  }

  onLine(line: StepLine | EpochLine): void {
    if (line.kind === 'step') {
      this.events.scalars(line.step, {
        ...averages('train', line),
        'learning rate/new layers': line.learningRate.new,
        'learning rate/backbone': line.learningRate.pretrained,
        'images per second': line.imagesPerSecond,
      });
      return;
    }
    if (!line.test) return;
    const { heads, top5 } = line.test;
    this.events.scalars(line.step, {
      ...averages('test', line.test),
      'accuracy/test, top-5': top5,
      ...Object.fromEntries(heads.map((share, i) => [`accuracy of heads/${headName(i)}`, share])),
    });
  }

  /** What each level boosted, suppressed and responded to in some pictures, after so many steps. */
  async show(step: number, samples: readonly ReportSample[]): Promise<void> {
    for (const sample of samples.slice(0, SHOWN)) {
      const images: EventImage[] = [];
      for (const { level, shows, png } of await levelPictures(sample)) {
        const { width, height } = await sharp(png).metadata();
        images.push({ tag: `${sample.file}/level ${level} ${shows}`, width, height, png });
      }
      this.events.images(step, images);
    }
  }
}

function averages(part: string, { loss, losses, accuracy }: Averages): Record<string, number> {
  return {
    [`loss/${part}`]: loss,
    [`accuracy/${part}`]: accuracy,
    ...Object.fromEntries(losses.map((ce, i) => [`cross entropy, ${part}/${headName(i)}`, ce])),
  };
}

function headName(head: number): string {
  return HEADS[head] ?? `output ${head + 1}`;
}

/** Tells several listeners. */
export function all(...listeners: readonly TrainListener[]): Required<TrainListener> {
  return {
    onStep: (step) => {
      for (const listener of listeners) listener.onStep?.(step);
    },
    onLine: (line) => {
      for (const listener of listeners) listener.onLine?.(line);
    },
    onTest: (images) => {
      for (const listener of listeners) listener.onTest?.(images);
    },
  };
}
