import { escapeControls } from './printable.ts';

const BAR_CELLS = 20;

/** A line at the bottom of a terminal with a bar that moves; elsewhere nothing. */
export class StatusLine {
  private readonly stream: NodeJS.WriteStream;
  private shown = false;

  /** @param stream default: standard output */
  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.stream = stream;
  }

  /**
   * True on a terminal, where a bar can move. One that has no width is not looked at by people: Open MPI gives it to processes,
   * and passes on what they write, to a file for example.
   */
  get moves(): boolean {
    return this.stream.isTTY && this.stream.columns !== 0;
  }

  /** Shows `before`, a bar that is filled to a share of 0 … 1, and `after`, in place of the last line shown. */
  show(before: string, share: number, after: string): void {
    if (!this.moves) return;
    const filled = Math.round(Math.min(share, 1) * BAR_CELLS);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
    const line = escapeControls(`${before} ${bar} ${after}`);
    this.clear();
    this.stream.write(line.slice(0, Math.max(1, (this.stream.columns ?? 80) - 1)));
    this.shown = true;
  }

  /** Writes a line of its own. */
  say(line: string): void {
    this.clear();
    this.stream.write(`${escapeControls(line)}\n`);
  }

  clear(): void {
    if (this.shown) this.stream.write('\r\x1b[K');
    this.shown = false;
  }
}
