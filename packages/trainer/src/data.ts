// What whoever makes data sets needs of the trainer, without the network and tfjs: a page loads it in no time.
export { randomStream, shuffle } from './data/random.ts';
export { requireInteger } from './data/require-integer.ts';
export { SPLIT_DEFAULTS, type SplitOptions, splitOff } from './data/split.ts';
export { UserError } from './user-error.ts';
