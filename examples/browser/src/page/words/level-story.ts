import type { Inspection } from '@fbsd/trainer';
import { percent, significant } from '@fbsd/trainer/format';

type Level = Inspection['levels'][number];

/** The level's work in words: Looked mostly at strip 2 of 4 … */
export function levelStory(level: Level): string {
  const { alpha, beta, parts, probabilities, suppressed, suppressedIsUsed } = level;
  const winner = suppressed[0];
  if (winner === undefined) return 'No strip wins: the scores are not numbers.';
  const probability = probabilities[winner] as number;
  const wins =
    suppressed.length === 1
      ? `Strip ${winner + 1} of ${parts} wins with ${percent(probability)}`
      : `Strips ${suppressed.map((strip) => strip + 1).join(', ')} of ${parts} tie with ${percent(probability)}`;
  const boosted = `${wins}: boosted ×${significant(1 + alpha * probability)} for this level’s answer`;
  return suppressedIsUsed
    ? `${boosted}, weakened ×${significant(1 - beta)} so that the next level looks elsewhere.`
    : `${boosted}. No level follows, so nothing is weakened.`;
}

/** What each output of the model is, for people: level 1 …, the levels joined. */
export function headNames(outputs: number): string[] {
  return Array.from({ length: outputs }, (_, i) =>
    i < outputs - 1 || outputs === 1 ? `Level ${i + 1} alone` : 'Levels joined',
  );
}
