import { bytes } from '@fbsd/trainer/format';
import { MatError } from './values.ts';

/** What any file may take: the lists of the largest data set here take 30 MB, boxed as JavaScript's objects. */
const BASE = 64 * 2 ** 20;
/** What a file may take for each of its bytes: annotations are compressed to about a thirtieth. */
const RATIO = 128;
/** The most that a file may take beyond its own size. */
const MOST = 512 * 2 ** 20;

/** Memory that the reading of one file may take, in proportion to the file's size. */
export class Budget {
  readonly total: number;
  private readonly file: string;
  private spent = 0;

  /** @param size bytes of the file */
  constructor(file: string, size: number) {
    this.file = file;
    this.total = Math.min(BASE + RATIO * size, MOST + 2 * size);
  }

  get left(): number {
    return this.total - this.spent;
  }

  /** Takes note of memory that is about to be used. @throws MatError when it is more than the file may take */
  spend(count: number): void {
    this.spent += count;
    if (this.spent <= this.total) return;
    throw new MatError(
      `[@fbsd/datasets] ${this.file}: its arrays need more than ${bytes(this.total)}, too much for a file of its size. It is damaged, or made to fill the memory. Get the file anew.`,
    );
  }
}
