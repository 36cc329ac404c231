export { readStateDict } from './read-state-dict.ts';
export { type WriteOptions, writeStateDict } from './write-state-dict.ts';
