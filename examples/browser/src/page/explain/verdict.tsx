import type { Explained } from '../../engine/engine.ts';
import { Bars } from '../parts/bars.tsx';
import { className } from '../words/class-name.ts';
import { fileName } from '../words/file-name.ts';
import { SaveCard } from './save-card.tsx';
import './verdict.css';

/** Classes that are listed. */
const TOP = 5;

/** What the model made of a picture, and what it is, where that is known. */
export interface WithTruth extends Explained {
  truth: string | null;
}

/** A picture as the model saw it, and its answer. */
export function Verdict({ explained }: { explained: WithTruth }) {
  const { name, photo, classes, milliseconds, truth } = explained;
  const [likeliest] = classes;
  const bars = classes.slice(0, TOP).map(({ className: each, probability }, i) => ({
    name: className(each),
    share: probability,
    strong: i === 0,
    isTrue: each === truth,
  }));
  return (
    <article class="verdict card">
      <img src={photo} alt={`${fileName(name)}, as the model sees it`} />
      <div class="stack">
        <div>
          <h2>{className(likeliest?.className)}</h2>
          <p class="small soft">
            {fileName(name)} · {Math.round(milliseconds)} ms
          </p>
        </div>
        <Bars bars={bars} label="All levels together" />
        <SaveCard explained={explained} />
      </div>
    </article>
  );
}
