import {
  autoContrast,
  brightness,
  contrast,
  equalize,
  posterize,
  saturation,
  sharpness,
  solarize,
} from './colours.ts';
import { type Affine, rotation, transform } from './geometry.ts';

/** Strengths from the weakest to the strongest. */
const BINS = 31;

/** What may happen to a picture. */
interface Operation {
  /** The strength of bin 0…30. */
  strength(bin: number): number;
  /** Whether half of the time it goes the other way. */
  signed?: boolean;
  /** @param rgb [S,S,3], which stays as it is */
  apply(rgb: Uint8Array, strength: number, side: number): Uint8Array;
}

const upTo = (most: number) => (bin: number) => (most * bin) / (BINS - 1);
const none = () => 0;

function geometric(most: number, map: (strength: number, side: number) => Affine): Operation {
  return {
    strength: upTo(most),
    signed: true,
    apply: (rgb, strength, side) => transform(rgb, side, map(strength, side)),
  };
}

function enhancing(
  enhance: (rgb: Uint8Array, factor: number, side: number) => Uint8Array,
): Operation {
  return {
    strength: upTo(0.99),
    signed: true,
    apply: (rgb, strength, side) => enhance(rgb, 1 + strength, side),
  };
}

/** The wide space of TrivialAugment, in the order and with the ranges of torchvision's `TrivialAugmentWide`. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  identity: { strength: none, apply: (rgb) => rgb },
  shearX: geometric(0.99, (shear) => [1, shear, 0, 0, 1, 0]),
  shearY: geometric(0.99, (shear) => [1, 0, 0, shear, 1, 0]),
  translateX: geometric(32, (pixels) => [1, 0, -Math.trunc(pixels), 0, 1, 0]),
  translateY: geometric(32, (pixels) => [1, 0, 0, 0, 1, -Math.trunc(pixels)]),
  rotate: geometric(135, rotation),
  brightness: enhancing(brightness),
  color: enhancing(saturation),
  contrast: enhancing(contrast),
  sharpness: enhancing((rgb, factor, side) => sharpness(rgb, side, factor)),
  posterize: { strength: (bin) => 8 - Math.round(bin / 5), apply: posterize },
  solarize: { strength: (bin) => 255 - upTo(255)(bin), apply: solarize },
  autoContrast: { strength: none, apply: autoContrast },
  equalize: { strength: none, apply: equalize },
};

/**
 * Does one thing to a picture, each as likely as the others, as strongly as chance will have it: TrivialAugment, in its wide
 * version. Every operation gives the bytes that Pillow gives for it in torchvision's `TrivialAugmentWide`.
 *
 * Source: Müller & Hutter, *TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation*, arXiv 2103.10158.
 *
 * @param rgb [S,S,3], which stays as it is
 * @param next gives numbers in [0, 1); is called three times
 */
export function trivialAugment(rgb: Uint8Array, side: number, next: () => number): Uint8Array {
  const operations = Object.values(OPERATIONS);
  const operation = operations[Math.floor(next() * operations.length)] as Operation;
  const strength = operation.strength(Math.floor(next() * BINS));
  const opposite = next() < 0.5 && operation.signed;
  return operation.apply(rgb, opposite ? -strength : strength, side);
}
