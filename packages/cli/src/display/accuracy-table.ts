import { headNames } from '@fbsd/fbsd';
import type { Evaluation } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';

/** Top-1 and, where it says something, top-5 accuracy of each head alone and of all combined, as lines. */
export function accuracyTable(evaluation: Evaluation): string[] {
  const { heads, headsTop5, accuracy, top5, loss } = evaluation;
  const names = headNames(heads.length);
  const line = (name: string, ...columns: string[]) =>
    `  ${name.padEnd(18)} ${columns.map((column) => column.padStart(6)).join('  ')}`;
  const shares = (...values: (number | null | undefined)[]) =>
    values.flatMap((share) => (share == null ? [] : percent(share)));
  return [
    line('', 'top-1', ...(top5 === null ? [] : ['top-5'])),
    ...heads.map((top1, i) => line(names[i] as string, ...shares(top1, headsTop5?.[i]))),
    line('combined', ...shares(accuracy, top5)),
    ...(Number.isFinite(loss)
      ? []
      : [
          'warning  the model computes what is no number: its training diverged, or its weights are damaged',
        ]),
  ];
}
