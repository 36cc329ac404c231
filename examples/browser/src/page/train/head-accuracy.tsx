import type { MetricsLine } from '@fbsd/trainer';
import { Bars } from '../parts/bars.tsx';
import { headNames } from '../words/level-story.ts';

/** What each head alone, and all together, get right in the last test. */
export function HeadAccuracy({ lines }: { lines: readonly MetricsLine[] }) {
  const tested = lines.findLast((line) => line.kind === 'epoch' && line.test !== null);
  if (tested?.kind !== 'epoch' || !tested.test) return null;
  const { heads, accuracy } = tested.test;
  const names = headNames(heads.length);
  const bars = [
    ...heads.map((share, i) => ({ name: names[i] as string, share })),
    { name: 'All together', share: accuracy, strong: true },
  ];
  return (
    <div class="stack head-accuracy">
      <h3>Right in the test after epoch {tested.epoch}</h3>
      <Bars bars={bars} label={`Right in the test after epoch ${tested.epoch}`} />
    </div>
  );
}
