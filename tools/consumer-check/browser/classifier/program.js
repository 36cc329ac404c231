// In a page, or a Worker: names the classes of pictures by a model that Node saved.
import { loadClassifier } from '@fbsd/trainer/web';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import '../wasm-files.js';

/**
 * @typedef {import('@fbsd/trainer').Classification} Classification
 *
 * @typedef {object} Outcome
 * @property {Classification[][]} byAddress of each picture
 * @property {Record<string, Classification[]>} byKind of the first picture, given as all that a page has
 * @property {number} tensors that were left behind
 *
 * @param {{ model: string, pictures: string[] }} addresses
 * @returns {Promise<Outcome>}
 */
export async function run({ model, pictures }) {
  await setBackend('wasm');
  const before = memory().numTensors;
  const classifier = await loadClassifier(model);
  const byAddress = await classifier.classifyAll(pictures);
  /** @type {Record<string, Classification[]>} */
  const byKind = {};
  for (const [kind, image] of Object.entries(await asAllKinds(String(pictures[0])))) {
    byKind[kind] = await classifier.classify(image);
  }
  classifier.dispose();
  return { byAddress, byKind, tensors: memory().numTensors - before };
}

/** @param {string} address */
async function asAllKinds(address) {
  const blob = await (await fetch(address)).blob();
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.drawImage(bitmap, 0, 0);
  const kinds = {
    URL: new URL(address, location.href),
    File: new File([blob], 'picture.png'),
    ImageBitmap: bitmap,
    OffscreenCanvas: canvas,
    ImageData: context.getImageData(0, 0, width, height),
  };
  if (typeof Image === 'undefined') return kinds; // a Worker has none
  const element = new Image();
  element.src = address;
  await element.decode();
  return { ...kinds, HTMLImageElement: element };
}
