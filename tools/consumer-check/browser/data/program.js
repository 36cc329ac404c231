// In a page: makes data sets of what it is given, and pictures of drawings.
import { drawnAircraft, drawnBirds, drawnCars, drawnDogs } from '@fbsd/datasets/mini';
import {
  classFolders,
  filesOfDrop,
  filesOfPicker,
  filesOfZip,
  renderSvg,
} from '@fbsd/datasets/web';

const DRAWN = { drawnAircraft, drawnBirds, drawnCars, drawnDogs };

/** @type {Promise<import('@fbsd/datasets/web').NamedBlob[]> | undefined} */
let dropped;
globalThis.addEventListener?.('dragover', (event) => event.preventDefault());
globalThis.addEventListener?.('drop', (event) => {
  event.preventDefault();
  dropped = filesOfDrop(/** @type {DataTransfer} */ (event.dataTransfer));
});

/**
 * @typedef {keyof typeof DRAWN} Drawn
 * @typedef {{ svg: string, png: string }} Rendered `png`: a data URI
 *
 * @param {{ from: 'picker' | 'drop' } | { from: 'archive', archive: string } | { draw: Drawn }} what `archive`: address
 */
export async function run(what) {
  if ('draw' in what) return draw(what.draw);
  return classFolders(await files(what), { seed: 3 });
}

/** @param {{ from: 'picker' | 'drop' } | { from: 'archive', archive: string }} what */
async function files(what) {
  if (what.from === 'archive') return filesOfZip(await (await fetch(what.archive)).blob());
  if (what.from === 'drop') return (await dropped) ?? [];
  return filesOfPicker(document.querySelector('input')?.files ?? []);
}

/** @param {Drawn} name @returns {Promise<Rendered[]>} */
async function draw(name) {
  const rendered = [];
  for (const { svg, width, height } of DRAWN[name].pictures({
    trainPerClass: 1,
    testPerClass: 0,
  })) {
    rendered.push({ svg, png: await dataUri(await renderSvg(svg, { width, height })) });
  }
  return rendered;
}

/** @param {Blob} blob @returns {Promise<string>} */
function dataUri(blob) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsDataURL(blob);
  });
}
