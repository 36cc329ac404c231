import { loadAircraft, miniAircraft } from '@fbsd/datasets';
import { damagedText } from '../damage/text.js';
import { datasetReader } from '../dataset.js';

const LISTS = ['variants', 'images_variant_trainval', 'images_variant_test', 'images_box'];

/** @param {string} folder */
export function open(folder) {
  return datasetReader(folder, {
    drawn: miniAircraft,
    lists: LISTS.map((name) => `data/${name}.txt`),
    load: (root) => loadAircraft(root),
    damaged: damagedText,
  });
}
