import { useState } from 'preact/hooks';
import type { Explained } from '../../engine/engine.ts';
import { model } from '../state/model.ts';
import { ContrastChoice } from './contrast-choice.tsx';
import './explanation.css';
import { HeadBars } from './head-bars.tsx';
import { Levels } from './levels.tsx';
import { Verdict, type WithTruth } from './verdict.tsx';

/** What decided, of one picture or of two side by side. */
export function Explanation({ explained }: { explained: readonly WithTruth[] }) {
  const pair = useContrast(explained);
  const names = model.value?.classNames ?? [];
  return (
    <div class={`explanation of-${explained.length}`}>
      <section class="pictures" aria-label="The answer">
        {explained.map((picture, i) => (
          <Verdict key={i} explained={picture} />
        ))}
      </section>
      <section class="stack" aria-labelledby="contrast-title">
        <ContrastChoice {...pair} names={names} />
        <div class="pictures">
          {explained.map(
            ({ name, inspection }, i) =>
              inspection && (
                <HeadBars key={i} name={name} inspection={inspection} pair={pair} names={names} />
              ),
          )}
        </div>
      </section>
      <Levels explained={explained} />
    </div>
  );
}

/** Two classes to compare: at first those of two pictures, or the two likeliest ones. */
function useContrast(explained: readonly Explained[]) {
  const [picked, setPicked] = useState<{ one?: number; other?: number }>({});
  const predicted = explained.map(({ classes }) => classes[0]?.label ?? 0);
  const likely = explained.flatMap(({ classes }) => classes.map(({ label }) => label));
  const one = picked.one ?? predicted[0] ?? 0;
  const other = picked.other ?? [...predicted, ...likely].find((label) => label !== one) ?? one;
  return {
    one,
    other,
    setOne: (label: number) => setPicked({ ...picked, one: label }),
    setOther: (label: number) => setPicked({ ...picked, other: label }),
  };
}
