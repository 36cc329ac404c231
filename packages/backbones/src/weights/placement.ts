import type { StateDict } from '@fbsd/torch-weights';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { torchShape } from './layout.ts';
import { NAMING_SCHEMES, type NamingScheme, torchName } from './names.ts';

type Weight = LayersModel['weights'][number];

/** Where the weights of a model are in a file. */
export interface Placement {
  /** How the file names them. */
  readonly names: NamingScheme;
  /** What stands before all of their names: `backbone.`, `module.encoder_q.`, or nothing. */
  readonly prefix: string;
}

/** How many weights a place has by name, and of these in the right shape. */
interface Votes extends Placement {
  named: number;
  fitting: number;
}

/**
 * The way of naming and the prefix under which most of the weights fit: of several that fit as many no prefix, the way
 * that comes first in `NAMING_SCHEMES`, the prefix that comes first in the file. A prefix under which less than half of
 * the weights have a name is none: some name is the end of another in any file.
 */
export function bestPlacement(weights: readonly Weight[], dict: StateDict): Placement {
  const all = NAMING_SCHEMES.flatMap((names) => votesFor(names, weights, dict));
  const likely = all.filter(({ prefix, named }) => prefix === '' || 2 * named >= weights.length);
  const better = (a: Votes, b: Votes) =>
    b.fitting - a.fitting || b.named - a.named || Number(a.prefix !== '') - Number(b.prefix !== '');
  const [best] = likely.sort(better); // stable
  const { names, prefix } = best as Votes;
  return { names, prefix };
}

/** Counts for each prefix, the empty one first, how many weights have an entry. */
function votesFor(names: NamingScheme, weights: readonly Weight[], dict: StateDict): Votes[] {
  const shapes = new Map(
    weights.map((weight) => [
      torchName(weight.originalName, names),
      torchShape(weight.shape as number[]).join(),
    ]),
  );
  const votes = new Map<string, Votes>([['', { names, prefix: '', named: 0, fitting: 0 }]]);
  for (const [entry, { shape }] of dict) {
    for (let start = 0; ; ) {
      const expected = shapes.get(entry.slice(start));
      if (expected !== undefined) {
        const prefix = entry.slice(0, start);
        const counted = votes.get(prefix) ?? { names, prefix, named: 0, fitting: 0 };
        votes.set(prefix, counted);
        counted.named++;
        if (expected === shape.join()) counted.fitting++;
      }
      const dot = entry.indexOf('.', start);
      if (dot < 0) break;
      start = dot + 1;
    }
  }
  return [...votes.values()];
}
