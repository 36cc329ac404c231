import type { Box, PartLocation, Sample } from '../data/dataset.ts';
import { type Crop, type Geometry, pointInCrop } from '../data/transform.ts';
import type { Pixels } from '../resize/resize.ts';

/** Where a data set says that the object and its parts are, in fractions of the side of a square crop. */
export interface Annotations {
  /** May reach beyond the crop, below 0 or above 1; left out when the crop shows nothing of it. */
  box?: Box;
  /** The visible parts that lie in the crop. */
  parts: readonly NamedPoint[];
}

/** A part of the object, and where it is. */
export interface NamedPoint {
  /** As the data set calls it. */
  name: string;
  /** From the left, in fractions of the crop's side. */
  x: number;
  /** From the top. */
  y: number;
}

interface CropOfPicture {
  /** Size in pixels of the picture that was resized, without rows that were cut off. */
  picture: Pick<Pixels, 'width' | 'height'>;
  geometry: Geometry;
  crop: Crop;
}

/**
 * Brings the box and the parts of a sample from pixels of its picture, which must be stored upright,
 * into a crop.
 *
 * @param partNames by part index; a part without a name is called by its number
 * @returns undefined when the crop shows none of them
 */
export function annotationsInCrop(
  { box, parts = [] }: Pick<Sample, 'box' | 'parts'>,
  partNames: readonly string[],
  seen: CropOfPicture,
): Annotations | undefined {
  const boxInCrop = box && boxIn(seen, box);
  const points = parts
    .filter(({ visible }) => visible)
    .map((location) => pointIn(seen, location, partNames))
    .filter(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1);
  if (!boxInCrop && points.length === 0) return undefined;
  return { ...(boxInCrop && { box: boxInCrop }), parts: points };
}

/** The box in the crop; undefined when it lies beside it. */
function boxIn({ picture, geometry, crop }: CropOfPicture, box: Box): Box | undefined {
  const one = pointInCrop(box, picture, geometry, crop);
  const corner = { x: box.x + box.width, y: box.y + box.height };
  const other = pointInCrop(corner, picture, geometry, crop);
  const [left, right] = [Math.min(one.x, other.x), Math.max(one.x, other.x)]; // a flip swaps them
  if (right <= 0 || left >= 1 || other.y <= 0 || one.y >= 1) return undefined;
  return { x: left, y: one.y, width: right - left, height: other.y - one.y };
}

function pointIn(
  { picture, geometry, crop }: CropOfPicture,
  location: PartLocation,
  partNames: readonly string[],
): NamedPoint {
  const name = partNames[location.part] ?? `part ${location.part + 1}`;
  return { name, ...pointInCrop(location, picture, geometry, crop) };
}
