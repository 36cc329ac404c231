import { join } from 'node:path';
import { isFolder } from '../files/exists.ts';

/** The folder of pictures `name` of a data set. Some archives hold it once more in itself: `cars_train/cars_train/`. */
export async function picturesFolder(root: string, name: string): Promise<string> {
  const outer = join(root, name);
  const inner = join(outer, name);
  return (await isFolder(inner)) ? inner : outer;
}
