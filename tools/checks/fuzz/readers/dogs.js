import { loadDogs, miniDogs } from '@fbsd/datasets';
import { damagedMat } from '../damage/mat.js';
import { datasetReader } from '../dataset.js';

/** @param {string} folder */
export function open(folder) {
  return datasetReader(folder, {
    drawn: miniDogs,
    lists: ['train_list.mat', 'test_list.mat'],
    load: (root) => loadDogs(root),
    damaged: damagedMat,
  });
}
