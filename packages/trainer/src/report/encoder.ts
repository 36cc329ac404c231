import type { HeatMap } from '../explain/heat-map.ts';

/** Makes data URIs of pictures, for a report that needs no other file. */
export interface Encoder {
  /** A photo: RGB bytes [side,side,3], to be shown at about 240 pixels. */
  photo(rgb: Uint8Array, side: number): Promise<string>;
  /** A heat map in the colours of {@link glow}, smooth between its positions. */
  heatMap(map: HeatMap): Promise<string>;
  /** Every pixel as it is: red, green, blue, opacity [height,width,4]. */
  pixels(rgba: Uint8Array, width: number, height: number): Promise<string>;
}
