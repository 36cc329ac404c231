import type { StoredDataset } from '../../engine/engine.ts';
import { Notice } from '../parts/notice.tsx';
import { className } from '../words/class-name.ts';
import { picturesOf } from './pictures-of.ts';

/** Says what is still missing before a model can be trained. */
export function Missing({ dataset }: { dataset: StoredDataset }) {
  const { classNames } = dataset;
  if (classNames.length < 2) {
    return <Notice>A model tells classes apart, so it needs two at least: add another one.</Notice>;
  }
  const few = classNames.filter((_, label) => picturesOf(dataset, label).length < 2);
  if (few.length === 0) return null;
  return (
    <Notice>
      Two pictures of each class are the least, one to learn from and one to test with; more are
      better. Too few: {few.map(className).join(', ')}.
    </Notice>
  );
}
