/** @typedef {import('./reader.js').Reader} Reader */

/**
 * The readers by name, each made for a folder of its own.
 *
 * @type {Readonly<Record<string, () => Promise<{ open(folder: string): Promise<Reader> }>>>}
 */
export const READERS = {
  weights: () => import('./readers/weights.js'),
  zip: () => import('./readers/zip.js'),
  'page-zip': () => import('./readers/page-zip.js'),
  run: () => import('./readers/run.js'),
  cub: () => import('./readers/cub.js'),
  cars: () => import('./readers/cars.js'),
  aircraft: () => import('./readers/aircraft.js'),
  dogs: () => import('./readers/dogs.js'),
  mat: () => import('./readers/mat.js'),
  tar: () => import('./readers/tar.js'),
  pictures: () => import('./readers/pictures.js'),
};
