import type { Evaluation } from '@fbsd/trainer';
import './confusion-matrix.css';

interface Props {
  confusion: Evaluation['confusion'];
  name(label: number): string;
}

/** All classes against all: down what it is, across what it was taken for. */
export function ConfusionMatrix({ confusion, name }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keyboard
    <section class="confusion-matrix" tabIndex={0} aria-label="Confusion matrix, to be scrolled">
      <table>
        <caption>
          Down: what it is. Across: what it was taken for. <i class="right" /> right,{' '}
          <i class="wrong" /> wrong.
        </caption>
        <thead>
          <tr>
            <td class="corner" />
            {confusion.map((_, predicted) => (
              <th key={name(predicted)} scope="col">
                <span>{name(predicted)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, truth) => (
            <Row key={name(truth)} row={row} truth={truth} name={name} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({
  row,
  truth,
  name,
}: { row: readonly number[]; truth: number } & Pick<Props, 'name'>) {
  const all = row.reduce((sum, pictures) => sum + pictures, 0);
  return (
    <tr>
      <th scope="row">
        <span>{name(truth)}</span>
      </th>
      {row.map((pictures, predicted) => (
        <td
          key={name(predicted)}
          class={`${pictures === 0 ? 'none' : truth === predicted ? 'right' : 'wrong'}${pictures / all > 0.5 ? ' strong' : ''}`}
          style={{ '--share': all > 0 ? pictures / all : 0 }}
          title={`${name(truth)}, taken for ${name(predicted)}: ${pictures}`}
        >
          {pictures || <span class="unseen">0</span>}
        </td>
      ))}
    </tr>
  );
}
