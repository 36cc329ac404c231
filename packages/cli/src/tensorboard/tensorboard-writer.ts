import { join } from 'node:path';
import { headNames } from '@fbsd/fbsd';
import type { Averages, EpochLine, ReportSample, StepLine, TrainListener } from '@fbsd/trainer';
import { levelPngs } from '../report/level-pngs.ts';
import { EventFile, type EventImage } from './event-file.ts';

/** Images whose pictures are written. */
const SHOWN = 4;

/** Writes the metrics of a run for TensorBoard, to `tensorboard/` in its folder. */
export class TensorBoardWriter implements TrainListener {
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
    const tested = line.validation ?? line.test;
    if (!tested) return;
    const part = line.validation ? 'validation' : 'test';
    const { heads, top5 } = tested;
    const names = headNames(heads.length);
    this.events.scalars(line.step, {
      ...averages(part, tested),
      ...(top5 !== null && { [`accuracy/${part}, top-5`]: top5 }),
      ...Object.fromEntries(heads.map((share, i) => [`accuracy of heads/${names[i]}`, share])),
    });
  }

  /** Writes the pictures of each level's work on some images, after so many steps. */
  async show(step: number, samples: readonly ReportSample[]): Promise<void> {
    for (const sample of samples.slice(0, SHOWN)) {
      const images: EventImage[] = [];
      for (const { level, shows, width, height, png } of await levelPngs(sample)) {
        images.push({ tag: `${sample.file}/level ${level} ${shows}`, width, height, png });
      }
      this.events.images(step, images);
    }
  }
}

function averages(part: string, { loss, losses, accuracy }: Averages): Record<string, number> {
  const names = headNames(losses.length);
  return {
    [`loss/${part}`]: loss,
    [`accuracy/${part}`]: accuracy,
    ...Object.fromEntries(losses.map((ce, i) => [`cross entropy, ${part}/${names[i]}`, ce])),
  };
}
