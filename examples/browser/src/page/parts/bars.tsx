import { percent } from '@fbsd/trainer/format';
import './bars.css';

/** A share of something, with its name. */
export interface Bar {
  name: string;
  /** From 0 to 1. */
  share: number;
  /** Stands out. */
  strong?: boolean;
  /** The true one. */
  isTrue?: boolean;
}

/** Names with a share each, as numbers and as lengths. */
export function Bars({ bars, label }: { bars: readonly Bar[]; label: string }) {
  return (
    <ul class="bars" aria-label={label}>
      {bars.map(({ name, share, strong, isTrue }) => (
        <li key={name} class={strong ? 'strong' : undefined}>
          <span class="name" title={name}>
            {isTrue && <em title="This is what was drawn">✓ </em>}
            {name}
            {isTrue && <span class="unseen">, which is right</span>}
          </span>
          <b>{percent(share)}</b>
          <i style={{ inlineSize: percent(share) }} />
        </li>
      ))}
    </ul>
  );
}
