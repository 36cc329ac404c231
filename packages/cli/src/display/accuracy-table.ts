import { headNames } from '@fbsd/fbsd';
import type { Evaluation } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';

/** Top-1 and top-5 accuracy of each head alone and of all combined, as lines. */
export function accuracyTable(evaluation: Evaluation): string[] {
  const line = (name: string, top1: string, top5: string) =>
    `  ${name.padEnd(18)} ${top1.padStart(6)}  ${top5.padStart(6)}`;
  const { heads, headsTop5, accuracy, top5 } = evaluation;
  const names = headNames(heads.length);
  return [
    line('', 'top-1', 'top-5'),
    ...heads.map((top1, i) =>
      line(names[i] as string, percent(top1), percent(headsTop5[i] as number)),
    ),
    line('combined', percent(accuracy), percent(top5)),
  ];
}
