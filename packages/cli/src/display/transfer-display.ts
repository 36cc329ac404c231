import type { Transfer } from '@fbsd/datasets';
import { bytes, duration, percent } from '@fbsd/trainer/format';
import type { Say } from './say.ts';
import { StatusLine } from './status-line.ts';

/** Shows how a download goes: a bar that moves on a terminal, elsewhere a line after every tenth that is fetched. */
export class TransferDisplay {
  private readonly status: StatusLine;
  private readonly write: Say;
  private readonly label: string;
  private what = '';
  private tenth = -1;
  private start = { time: 0, done: 0 };

  /**
   * @param label what is fetched
   * @param stream default: standard output
   */
  constructor(write: Say, label: 'data' | 'weights', stream?: NodeJS.WriteStream) {
    this.write = write;
    this.label = label.padEnd(9);
    this.status = new StatusLine(stream);
  }

  show = ({ step, file, done, total }: Transfer): void => {
    const what = `${step} ${file}`;
    if (what !== this.what) {
      this.what = what;
      this.tenth = -1;
      this.start = { time: performance.now(), done };
    }
    const share = total === undefined ? 0 : done / total;
    const tenth = Math.floor(share * 10);
    const before = `${this.label}${what}`;
    const size = total === undefined ? bytes(done) : `${percent(share, 0)} of ${bytes(total)}`;
    if (this.status.moves) {
      const perSecond = (1000 * (done - this.start.done)) / (performance.now() - this.start.time);
      const left = total === undefined ? '' : `  ${duration((total - done) / perSecond)} left`;
      this.status.show(before, share, `${size}  ${bytes(perSecond)}/s${left}`);
    } else if (step === 'fetching' ? tenth > this.tenth : this.tenth < 0) {
      this.write(`${before}: ${size}`);
    }
    this.tenth = tenth;
  };

  /** Says something beside it. */
  say(text: string): void {
    this.status.clear();
    this.write(`${this.label}${text}`);
  }

  end(): void {
    this.status.clear();
  }
}
