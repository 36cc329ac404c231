import { loadCub, miniCub } from '@fbsd/datasets';
import { damagedText } from '../damage/text.js';
import { datasetReader } from '../dataset.js';

const TABLES = ['images', 'image_class_labels', 'train_test_split', 'classes', 'bounding_boxes'];
const PARTS = ['parts/parts.txt', 'parts/part_locs.txt'];

/** @param {string} folder */
export function open(folder) {
  return datasetReader(folder, {
    drawn: miniCub,
    lists: [...TABLES.map((name) => `${name}.txt`), ...PARTS],
    load: (root) => loadCub(root),
    damaged: damagedText,
  });
}
