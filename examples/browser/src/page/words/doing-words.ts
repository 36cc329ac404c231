import { bytes, count } from '@fbsd/trainer/format';
import type { Doing } from '../../engine/engine.ts';

/** What the engine does, or the page itself. */
export type PageDoing = Doing | (Omit<Doing, 'what'> & { what: 'drawing' });

const WHAT: Record<PageDoing['what'], string> = {
  drawing: 'Drawing',
  loading: 'Loading',
  compiling: 'Preparing the GPU',
  decoding: 'Reading pictures',
  testing: 'Testing',
  saving: 'Saving',
  packing: 'Packing',
};

/** Loading: 1.2 of 3.4 MB. */
export function doingWords({ what, done, total, unit }: PageDoing): string {
  const amount = (value: number) => (unit === 'bytes' ? bytes(value) : count(value));
  const of = total === undefined ? amount(done) : `${amount(done)} of ${amount(total)}`;
  return `${WHAT[what]}: ${of}${unit === 'bytes' ? '' : ` ${unit}`}`;
}
