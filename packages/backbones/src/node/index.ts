export { readStateDict } from './read-state-dict.ts';
