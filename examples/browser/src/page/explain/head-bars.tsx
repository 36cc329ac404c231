import type { Inspection } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';
import { className } from '../words/class-name.ts';
import { fileName } from '../words/file-name.ts';
import { headNames } from '../words/level-story.ts';
import './head-bars.css';

interface Props {
  /** Of the picture. */
  name: string;
  inspection: Inspection;
  /** The classes that are compared. */
  pair: { one: number; other: number };
  names: readonly string[];
}

/** What each head alone, and all together, give two classes. */
export function HeadBars({ name, inspection, pair: { one, other }, names }: Props) {
  const { heads, combined } = inspection;
  const rows = [
    ...headNames(heads.length).map((head, i) => ({ head, shares: heads[i] as number[] })),
    { head: 'All together', shares: combined },
  ];
  return (
    <table class="head-bars card">
      <caption>
        <span class="unseen">Shares of two classes by level, of </span>
        {fileName(name)}
      </caption>
      <thead class="unseen">
        <tr>
          <th scope="col">Level</th>
          <th scope="col">{className(names[one])}</th>
          <th scope="col">{className(names[other])}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ head, shares }) => (
          <tr key={head}>
            <th scope="row">{head}</th>
            <Share value={shares[one] ?? 0} series={1} />
            <Share value={shares[other] ?? 0} series={2} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Share({ value, series }: { value: number; series: 1 | 2 }) {
  return (
    <td>
      <span class="share">
        <i style={{ inlineSize: percent(value), background: `var(--series-${series})` }} />
      </span>
      <b>{percent(value)}</b>
    </td>
  );
}
