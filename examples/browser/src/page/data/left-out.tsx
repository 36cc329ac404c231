import type { StoredDataset } from '../../engine/engine.ts';
import { plural } from '../words/plural.ts';
import './left-out.css';

/** The files that were left out, by name, and why. */
export function LeftOut({ dataset: { duplicates, unreadable } }: { dataset: StoredDataset }) {
  if (duplicates.length + unreadable.length === 0) return null;
  return (
    <div class="left-out card">
      {unreadable.length > 0 && (
        <details>
          <summary>{plural(unreadable.length, 'file')} left out: no readable picture</summary>
          <ul>
            {unreadable.map(({ path, reason }) => (
              <li key={path}>
                <b>{path}</b> <span class="soft">{reason}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {duplicates.length > 0 && (
        <details>
          <summary>{plural(duplicates.length, 'duplicate')} left out</summary>
          <ul>
            {duplicates.map(({ path, sameAs }) => (
              <li key={path}>
                <b>{path}</b> <span class="soft">is the same picture as {sameAs}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
