import type { Clock } from './clock.ts';

/** Measures images per second over the time that training, not testing, takes. */
export class Throughput {
  private readonly clock: Pick<Clock, 'now'>;
  private images = 0;
  private milliseconds = 0;
  private startedAt: number | null = null;

  constructor(clock: Pick<Clock, 'now'>) {
    this.clock = clock;
  }

  start(): void {
    this.startedAt = this.clock.now();
  }

  stop(): void {
    if (this.startedAt !== null) this.milliseconds += this.clock.now() - this.startedAt;
    this.startedAt = null;
  }

  count(images: number): void {
    this.images += images;
  }

  imagesPerSecond(): number {
    const running = this.startedAt === null ? 0 : this.clock.now() - this.startedAt;
    return this.images / ((this.milliseconds + running) / 1000);
  }
}
