import type { Dataset, PictureSource, Sample } from '@fbsd/trainer';
import { randomStream } from '@fbsd/trainer';

const SIDE = 70;

/** Pictures that are made when they are read: noise, brighter for each class. Their path is `<label>/<id>`. */
export const memoryPictures: PictureSource = {
  async read({ path }) {
    const [label, id] = path.split('/').map(Number) as [number, number];
    const next = randomStream(label, id);
    const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => (label + 1) * 60 * next());
    return { data, width: SIDE, height: SIDE };
  },
};

/** A data set of such pictures. */
export function memoryDataset(
  classes: number,
  { train, test }: { train: number; test: number },
): Pick<Dataset, 'train' | 'test' | 'classNames'> {
  const samples = (count: number, firstId: number) =>
    Array.from({ length: count }, (_, i): Sample => {
      const [id, label] = [firstId + i, i % classes];
      const path = `${label}/${id}`;
      return { id, path, file: path, label };
    });
  return {
    classNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
    train: samples(train, 1),
    test: samples(test, train + 1),
  };
}
