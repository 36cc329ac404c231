/** @typedef {import('@fbsd/trainer').Picture} Picture */
/** @typedef {import('@fbsd/trainer').Pixels} Pixels */

/**
 * Decodes a picture as the browser does: RGB, 8 bits a channel, turned upright by its EXIF orientation.
 *
 * Embedded colour profiles are ignored, as in Node. Where a picture is transparent its colours are rounded: a
 * canvas keeps them multiplied by their opacity.
 *
 * @param {Picture} picture its path is an address: of this site, or the `blob:` of a `File`
 * @returns {Promise<Pixels>}
 * @throws Error that names the path, when there is no picture or it has no more rows than are left out
 */
export async function decode({ path, cutBottom = 0 }) {
  const bitmap = await createImageBitmap(await load(path), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
    imageOrientation: 'from-image',
  }).catch((cause) => {
    throw new Error(`cannot decode ${path} (damaged, or no picture that this browser knows)`, {
      cause,
    });
  });
  const { width } = bitmap;
  const height = bitmap.height - cutBottom;
  try {
    if (height < 1) throw new Error(`${path} has no more than the ${cutBottom} rows to cut off`);
    return { data: withoutAlpha(rgba(bitmap, width, height)), width, height };
  } finally {
    bitmap.close();
  }
}

/** @param {string} path @returns {Promise<Blob>} */
async function load(path) {
  let response;
  try {
    response = await fetch(path);
  } catch (cause) {
    throw new Error(`cannot read ${path} (${/** @type {Error} */ (cause).message})`, { cause });
  }
  if (!response.ok) throw new Error(`cannot read ${path} (status ${response.status})`);
  return response.blob();
}

/** @param {ImageBitmap} bitmap @param {number} width @param {number} height */
function rgba(bitmap, width, height) {
  // Read once and thrown away: a canvas in the memory of a GPU would have to be fetched from there.
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(`no canvas of ${width}×${height} pixels`);
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

/** @param {Uint8ClampedArray} pixels red, green, blue, opacity @returns {Uint8Array} RGB */
function withoutAlpha(pixels) {
  const rgb = new Uint8Array((pixels.length / 4) * 3);
  for (let from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
    rgb[to] = /** @type {number} */ (pixels[from]);
    rgb[to + 1] = /** @type {number} */ (pixels[from + 1]);
    rgb[to + 2] = /** @type {number} */ (pixels[from + 2]);
  }
  return rgb;
}
