import type { MetricsLine } from '@fbsd/trainer';
import { duration, percent, significant } from '@fbsd/trainer/format';
import './epoch-table.css';

/** The numbers behind the curves. */
export function EpochTable({ lines }: { lines: readonly MetricsLine[] }) {
  const epochs = lines.filter((line) => line.kind === 'epoch');
  if (epochs.length === 0) return null;
  return (
    <details>
      <summary>The numbers as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keyboard */}
      <section class="epoch-table" tabIndex={0} aria-label="Numbers of each epoch">
        <table>
          <thead>
            <tr>
              <th scope="col">Epoch</th>
              <th scope="col">Loss, learning</th>
              <th scope="col">Right, learning</th>
              <th scope="col">Loss, testing</th>
              <th scope="col">Right, testing</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {epochs.map(({ epoch, train, test, seconds }) => (
              <tr key={epoch}>
                <th scope="row">{epoch}</th>
                <td>{significant(train.loss)}</td>
                <td>{percent(train.accuracy)}</td>
                <td>{test ? significant(test.loss) : '–'}</td>
                <td>{test ? percent(test.accuracy) : '–'}</td>
                <td>{duration(seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
