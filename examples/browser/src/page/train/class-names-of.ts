import { datasets } from '../state/datasets.ts';
import { className } from '../words/class-name.ts';

/** The names of a data set's classes, for people. */
export function classNamesOf(dataset: string): string[] {
  const found = datasets.value?.find(({ name }) => name === dataset);
  return (found?.classNames ?? []).map(className);
}
