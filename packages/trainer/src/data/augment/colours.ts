/** A table for each channel. */
type Tables = readonly [Uint8Array, Uint8Array, Uint8Array];

/** How bright Pillow takes a pixel to be, from 0 to 255. */
function luminance(rgb: Uint8Array, at: number): number {
  const [r, g, b] = [rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number];
  return (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
}

/**
 * Goes from another value towards this one, and with a factor over 1 beyond it, as Pillow's `ImageEnhance`.
 *
 * @param alpha the factor, as float32
 */
function blend(from: number, value: number, alpha: number): number {
  const blended = Math.fround(from + Math.fround(alpha * (value - from)));
  return blended <= 0 ? 0 : blended >= 255 ? 255 : Math.trunc(blended);
}

/** Towards black. */
export function brightness(rgb: Uint8Array, factor: number): Uint8Array {
  const alpha = Math.fround(factor);
  return throughTable(rgb, (value) => blend(0, value, alpha));
}

/** Towards grey pixels, each as bright as it is. */
export function saturation(rgb: Uint8Array, factor: number): Uint8Array {
  const alpha = Math.fround(factor);
  const result = new Uint8Array(rgb.length);
  for (let at = 0; at < rgb.length; at += 3) {
    const grey = luminance(rgb, at);
    for (let i = at; i < at + 3; i++) result[i] = blend(grey, rgb[i] as number, alpha);
  }
  return result;
}

/** Towards one grey, as bright as the picture is on average. */
export function contrast(rgb: Uint8Array, factor: number): Uint8Array {
  let sum = 0;
  for (let at = 0; at < rgb.length; at += 3) sum += luminance(rgb, at);
  const mean = Math.floor(sum / (rgb.length / 3) + 0.5);
  const alpha = Math.fround(factor);
  return throughTable(rgb, (value) => blend(mean, value, alpha));
}

/** Towards the picture smoothed with its neighbours, 5 parts to 1 each; the outermost pixels stay. */
export function sharpness(rgb: Uint8Array, side: number, factor: number): Uint8Array {
  const alpha = Math.fround(factor);
  const result = rgb.slice();
  const row = side * 3;
  const column = (i: number) =>
    (rgb[i - row] as number) + (rgb[i] as number) + (rgb[i + row] as number);
  for (let y = 1; y < side - 1; y++) {
    for (let i = y * row + 3; i < (y + 1) * row - 3; i++) {
      const value = rgb[i] as number;
      const sum = column(i - 3) + column(i) + column(i + 3) + 4 * value;
      result[i] = blend(Math.floor((2 * sum + 13) / 26), value, alpha); // towards sum/13, rounded
    }
  }
  return result;
}

/** Keeps so many bits of every value. */
export function posterize(rgb: Uint8Array, bits: number): Uint8Array {
  return throughTable(rgb, (value) => value & (0xff << (8 - bits)));
}

/** Turns every value from the threshold on into its opposite. */
export function solarize(rgb: Uint8Array, threshold: number): Uint8Array {
  return throughTable(rgb, (value) => (value < threshold ? value : 255 - value));
}

/** Stretches the values of each channel over the whole range. */
export function autoContrast(rgb: Uint8Array): Uint8Array {
  return throughTables(rgb, (histogram) => {
    const least = histogram.findIndex((count) => count > 0);
    const most = histogram.findLastIndex((count) => count > 0);
    const scale = 255 / (most - least);
    const offset = -least * scale;
    return (value) => (most <= least ? value : Math.trunc(value * scale + offset));
  });
}

/** Spreads the values of each channel so that all are about as frequent. */
export function equalize(rgb: Uint8Array): Uint8Array {
  return throughTables(rgb, (histogram) => {
    const last = histogram.findLast((count) => count > 0) as number;
    const step = Math.floor((rgb.length / 3 - last) / 255);
    if (step === 0) return (value) => value;
    const below = histogram.map((_, value) => histogram.slice(0, value).reduce((a, b) => a + b, 0));
    return (value) => Math.floor((Math.floor(step / 2) + (below[value] as number)) / step);
  });
}

/** Puts every value through the table of its channel, which is made of how often each of the 256 values occurs there. */
function throughTables(
  rgb: Uint8Array,
  mapOf: (histogram: readonly number[]) => (value: number) => number,
): Uint8Array {
  const tables = [0, 1, 2].map((channel) => {
    const counts = new Float64Array(256);
    for (let i = channel; i < rgb.length; i += 3) {
      const value = rgb[i] as number;
      counts[value] = (counts[value] as number) + 1;
    }
    const histogram = [...counts];
    const map = mapOf(histogram);
    return Uint8Array.from(histogram, (_, value) => Math.min(255, Math.max(0, map(value))));
  }) as unknown as Tables;
  const [red, green, blue] = tables;
  const result = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i += 3) {
    result[i] = red[rgb[i] as number] as number;
    result[i + 1] = green[rgb[i + 1] as number] as number;
    result[i + 2] = blue[rgb[i + 2] as number] as number;
  }
  return result;
}

/** Puts every value through the same table. */
function throughTable(rgb: Uint8Array, map: (value: number) => number): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, value) => map(value));
  const result = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) result[i] = table[rgb[i] as number] as number;
  return result;
}
