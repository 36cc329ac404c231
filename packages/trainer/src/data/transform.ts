import { type Pixels, type Placement, resizeNormalised, resizeToBytes } from '../resize/resize.ts';
import { requireInteger } from './require-integer.ts';

/** Defaults of the published training, as fractions of the image size. */
const DEFAULTS = { resize: 550 / 448, padding: 8 / 448 } as const;

/** (byte/255 − mean)/std of every channel. */
export const NORMALISATION = { mean: 0.5, std: 0.5 } as const;

/** The sizes of a transform, all in pixels. */
export interface TransformOptions {
  /** Side S of the square that the network sees. */
  imageSize: number;
  /** Side R of the square that the whole picture is resized to. @default round(S·550/448) */
  resizeSize?: number;
  /** Black border on each side that a random crop may reach into. @default round(S·8/448) */
  padding?: number;
}

/** {@link TransformOptions} with the defaults filled in. */
export type Geometry = Required<TransformOptions>;

/** Where the S×S crop lies in the resized R×R picture; negative values reach into the border. */
export interface Crop {
  left: number;
  top: number;
  /** Mirror left and right. */
  flip: boolean;
}

/**
 * Fills in the defaults: at S = 448 the published R = 550 and padding 8, and both in proportion at
 * other sizes (96: 118 and 2), so that a crop shows the same part of the bird at every size.
 *
 * @throws RangeError unless all are integers, S ≥ 1, R ≥ S and 0 ≤ padding < S
 */
export function geometry({
  imageSize,
  resizeSize = Math.round(imageSize * DEFAULTS.resize),
  padding = Math.round(imageSize * DEFAULTS.padding),
}: TransformOptions): Geometry {
  requireInteger('[@fbsd/trainer] imageSize', imageSize, 1);
  requireInteger('[@fbsd/trainer] resizeSize', resizeSize, imageSize);
  requireInteger('[@fbsd/trainer] padding', padding, 0, imageSize - 1);
  return { imageSize, resizeSize, padding };
}

/** The middle of the resized picture; an odd margin is halved to the even neighbour, as Python does. */
export function centreCrop({ imageSize, resizeSize }: Geometry): Crop {
  const half = (resizeSize - imageSize) / 2;
  const margin = Number.isInteger(half) ? half : 2 * Math.round(half / 2);
  return { left: margin, top: margin, flip: false };
}

/** A crop anywhere in the padded picture, mirrored with a probability; draws three numbers. */
export function randomCrop(
  { imageSize, resizeSize, padding }: Geometry,
  next: () => number,
  horizontalFlip: number,
): Crop {
  const positions = resizeSize + 2 * padding - imageSize + 1;
  const top = Math.floor(next() * positions) - padding;
  const left = Math.floor(next() * positions) - padding;
  return { left, top, flip: next() < horizontalFlip };
}

/**
 * Resizes the whole picture to R×R (not keeping its proportions), crops, and returns bytes.
 *
 * @returns RGB [S,S,3], black where the crop lies outside of the picture
 */
export function cropBytes(picture: Pixels, geometry: Geometry, crop: Crop): Uint8Array {
  return resizeToBytes(picture, geometry.resizeSize, placementOf(geometry, crop));
}

/** Does {@link cropBytes} and {@link normalise} at once: writes to `target`, from position `at` on. */
export function cropNormalised(
  picture: Pixels,
  geometry: Geometry,
  crop: Crop,
  target: Float32Array,
  at: number,
): void {
  resizeNormalised(picture, geometry.resizeSize, placementOf(geometry, crop), target, at);
}

/**
 * Where a point of a picture lies in a crop of it, in fractions of the crop's side from its upper left
 * corner; outside of 0…1 where the crop does not reach.
 *
 * @param picture size in pixels of the picture that is resized, without rows that were cut off
 */
export function pointInCrop(
  point: { x: number; y: number },
  picture: Pick<Pixels, 'width' | 'height'>,
  { imageSize, resizeSize }: Geometry,
  { left, top, flip }: Crop,
): { x: number; y: number } {
  const x = ((point.x / picture.width) * resizeSize - left) / imageSize;
  const y = ((point.y / picture.height) * resizeSize - top) / imageSize;
  return { x: flip ? 1 - x : x, y };
}

function placementOf(
  { imageSize: side, resizeSize }: Geometry,
  { left, top, flip }: Crop,
): Placement {
  const window = {
    left: Math.max(0, left),
    top: Math.max(0, top),
    width: Math.min(resizeSize, left + side) - Math.max(0, left),
    height: Math.min(resizeSize, top + side) - Math.max(0, top),
  };
  return { window, flip, side, left: window.left - left, top: window.top - top };
}

/** Every byte's value after a normalisation, rounded to float32 at each of its steps. */
export function normalisedBytes({ mean, std }: { mean: number; std: number }): Float32Array {
  return Float32Array.from(
    { length: 256 },
    (_, byte) => Math.fround(Math.fround(byte / 255) - mean) / std,
  );
}

const NORMALISED = normalisedBytes(NORMALISATION);

/** Writes (byte/255 − mean)/std of every byte to `target`, from position `at` on. */
export function normalise(bytes: Uint8Array, target: Float32Array, at = 0): void {
  for (let i = 0; i < bytes.length; i++) target[at + i] = NORMALISED[bytes[i] as number] as number;
}
