import { type Say, warnAside } from '../display/say.ts';
import type { Processes } from './processes.ts';

/** Says something, where several processes do, with the number of the one that does. */
export function sayAs({ rank }: Pick<Processes, 'rank'>): Say {
  return (line) => warnAside(`process ${rank}: ${line.replace(/^warning +/, '')}`);
}
