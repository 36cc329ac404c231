import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lines, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { train } from '../../src/commands/train.ts';

/** Five of the six small pictures are for training: two steps an epoch. */
export const FIVE_TO_TRAIN = lines([1, 2, 3, 4, 5, 6].map((id) => `${id} ${Number(id < 6)}`));

const SMALL = '--arch mini --image-size 65 --batch-size 2 --epochs 2 --backend wasm';

/** Trains on six small pictures, in the folder `run`, unless flags name another with --out. @returns the exit code */
export async function tinyRun(folder: string, ...flags: string[]): Promise<number> {
  const data = join(folder, 'CUB_200_2011');
  if (!existsSync(data)) await writeTinyCub(data, { 'train_test_split.txt': FIVE_TO_TRAIN });
  return train([...['--data', data, ...SMALL.split(' '), '--out', join(folder, 'run')], ...flags]);
}
