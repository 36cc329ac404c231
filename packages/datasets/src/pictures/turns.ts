/**
 * Bounds how much is under way at once. Who comes takes so much of a room, and waits where it is not free, in the order
 * of coming; what is larger than the room has it alone.
 */
export class Turns {
  private readonly room: number;
  private taken = 0;
  private readonly queue: { size: number; start: () => void }[] = [];

  constructor(room: number) {
    this.room = room;
  }

  /** Takes room. @returns when it is free; undefined when it is at once */
  take(size: number): Promise<void> | undefined {
    if (this.queue.length === 0 && this.fits(size)) {
      this.taken += this.bounded(size);
      return undefined;
    }
    return new Promise((start) => {
      this.queue.push({ size, start });
    });
  }

  /** Gives back what was taken. */
  give(size: number): void {
    this.taken -= this.bounded(size);
    for (let next = this.queue[0]; next && this.fits(next.size); next = this.queue[0]) {
      this.queue.shift();
      this.taken += this.bounded(next.size);
      next.start();
    }
  }

  private fits(size: number): boolean {
    return this.taken + this.bounded(size) <= this.room;
  }

  private bounded(size: number): number {
    return Math.min(size, this.room);
  }
}
