import type { Classification } from '@fbsd/trainer';
import { Bars } from '../parts/bars.tsx';
import { className } from '../words/class-name.ts';
import './top-classes.css';

interface Props {
  /** Likeliest first; null until the model has looked. */
  classes: readonly Classification[] | null;
  error: string | null;
  /** The true class, where it is known. */
  truth: string | null;
}

/** Rows while the model has not looked yet, so that nothing jumps when it has. */
const ROWS = [0, 1, 2];

/** The likeliest classes of a picture; the reason, where the model could not look at it. */
export function TopClasses({ classes, error, truth }: Props) {
  if (error) return <p class="cannot">{error}</p>;
  if (!classes) {
    return (
      <div class="waiting" role="img" aria-label="Not looked at yet">
        {ROWS.map((row) => (
          <i key={row} />
        ))}
      </div>
    );
  }
  const bars = classes.map(({ className: name, probability }, i) => ({
    name: className(name),
    share: probability,
    strong: i === 0,
    isTrue: name === truth,
  }));
  return <Bars bars={bars} label="Likeliest classes" />;
}
