import type { Evaluation } from '@fbsd/trainer';
import './confusion-matrix.css';

interface Props {
  confusion: Evaluation['confusion'];
  /** The classes that are shown. */
  shown: readonly number[];
  name(label: number): string;
}

/** Classes against classes: down what it is, across what it was taken for. */
export function ConfusionMatrix({ confusion, shown, name }: Props) {
  return (
    <figure class="confusion-figure">
      <figcaption class="small soft" id="confusion-caption">
        {shown.length < confusion.length &&
          `The ${shown.length} classes that are confused most, of ${confusion.length}. `}
        Down: what it is. Across: what it was taken for. <i class="right" /> right,{' '}
        <i class="wrong" /> wrong.
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keyboard */}
      <section class="confusion-matrix" tabIndex={0} aria-label="Confusion matrix, to be scrolled">
        <table aria-describedby="confusion-caption">
          <thead>
            <tr>
              <td class="corner" />
              {shown.map((predicted) => (
                <th key={predicted} scope="col" title={name(predicted)}>
                  <span>{name(predicted)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((truth) => (
              <Row
                key={truth}
                row={confusion[truth] ?? []}
                truth={truth}
                shown={shown}
                name={name}
              />
            ))}
          </tbody>
        </table>
      </section>
    </figure>
  );
}

interface RowProps extends Pick<Props, 'shown' | 'name'> {
  row: readonly number[];
  truth: number;
}

function Row({ row, truth, shown, name }: RowProps) {
  const all = row.reduce((sum, pictures) => sum + pictures, 0);
  return (
    <tr>
      <th scope="row" title={name(truth)}>
        <span>{name(truth)}</span>
      </th>
      {shown.map((predicted) => {
        const pictures = row[predicted] ?? 0;
        const kind = truth === predicted ? 'right' : 'wrong';
        return (
          <td
            key={predicted}
            class={pictures === 0 ? 'none' : kind}
            style={{ '--share': pictures / Math.max(1, all) }}
            title={`${name(truth)}, taken for ${name(predicted)}: ${pictures}`}
          >
            {pictures || <span class="unseen">0</span>}
          </td>
        );
      })}
    </tr>
  );
}
