import type { NamedBlob } from '../../engine/engine.ts';
import { changeDataset, dataset, freeName } from '../state/datasets.ts';
import { fileName } from '../words/file-name.ts';

/** Adds pictures to a class of the data set that is shown, wherever they lay. */
export async function addToClass(name: string, files: readonly NamedBlob[]): Promise<void> {
  const folder = name.replaceAll('/', '-');
  const own = files.map(({ path, blob }) => ({ path: `${folder}/${fileName(path)}`, blob }));
  await changeDataset(dataset.value?.name ?? freeName('My pictures'), {
    change: 'add',
    files: own,
  });
}

/** Pictures of the camera, named by the time. */
export async function addFromCamera(name: string, pictures: readonly Blob[]): Promise<void> {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const files = pictures.map((blob, i) => ({ path: `camera-${time}-${i + 1}.jpg`, blob }));
  await addToClass(name, files);
}
