import type { RunInfo } from '../../engine/engine.ts';

/** A name that no run has yet: birds 1, birds 2 … */
export function freeRunName(dataset: string, runs: readonly RunInfo[]): string {
  const taken = new Set(runs.map(({ run }) => run));
  for (let number = 1; ; number++) {
    const name = `${dataset} ${number}`;
    if (!taken.has(name)) return name;
  }
}
