import { encodeElements } from '@fbsd/torch-weights';
import type { io } from '@tensorflow/tfjs-core';

/** The types in which `compactArtifacts` stores the kernels of a model, the most exact first. */
export const STORED_WEIGHTS = ['float32', 'uint16', 'float16', 'uint8'] as const;
/** One of {@link STORED_WEIGHTS}. */
export type StoredWeights = (typeof STORED_WEIGHTS)[number];

/** A weight as it is stored, and what `model.json` says about it. */
interface StoredWeight {
  spec: io.WeightsManifestEntry;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes of a value of each type that tfjs's layers have. */
const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1 };
/** The largest number of a type: one less than its steps. */
const LARGEST = { uint8: 0xff, uint16: 0xffff } as const;
/** From here on the nearest float16 is infinite: half a step above the largest. */
const FLOAT16_OVERFLOW = 65520;

/**
 * Rounds the weights of a model in the form in which tfjs saves it.
 *
 * Kernels are rounded, float32 of two axes or more. Biases and running statistics stay as they are: they are a
 * hundredth of the bytes, and it is on them that a step of 1/255 of a range tells. So do whole numbers and booleans.
 *
 * @throws RangeError that names a kernel with values that the type cannot hold
 */
export function quantizeWeights(
  specs: readonly io.WeightsManifestEntry[],
  data: ArrayBuffer,
  type: StoredWeights,
): { weightSpecs: io.WeightsManifestEntry[]; weightData: ArrayBuffer } {
  let offset = 0;
  const stored = specs.map((spec) => {
    const length = sizeOf(spec) * (BYTES[spec.dtype] as number);
    const bytes = new Uint8Array(data.slice(offset, offset + length));
    offset += length;
    return isRounded(spec, type) ? quantize({ spec, bytes }, type) : { spec, bytes };
  });
  const bytes = new Uint8Array(stored.reduce((sum, one) => sum + one.bytes.length, 0));
  let end = 0;
  for (const one of stored) {
    bytes.set(one.bytes, end);
    end += one.bytes.length;
  }
  return { weightSpecs: stored.map(({ spec }) => spec), weightData: bytes.buffer };
}

function isRounded({ dtype, shape }: io.WeightsManifestEntry, type: StoredWeights): boolean {
  return type !== 'float32' && dtype === 'float32' && shape.length >= 2;
}

function sizeOf({ shape }: io.WeightsManifestEntry): number {
  return shape.reduce((product, side) => product * side, 1);
}

function quantize({ spec, bytes }: StoredWeight, type: StoredWeights): StoredWeight {
  const values = new Float32Array(bytes.buffer);
  const range = rangeOf(values, spec.name);
  if (type === 'uint8' || type === 'uint16') {
    const { codes, ...steps } = inSteps(values, range, LARGEST[type], type);
    const quantization = { dtype: type, ...steps, original_dtype: 'float32' };
    return { spec: { ...spec, quantization }, bytes: codes };
  }
  const [least, greatest] = range;
  const largest = Math.max(-least, greatest);
  if (largest >= FLOAT16_OVERFLOW) {
    throw new RangeError(
      `[@fbsd/trainer] compactArtifacts: ${spec.name} holds values up to ${largest}, and float16 ends at 65504. Take float32 or uint16.`,
    );
  }
  const quantization = { dtype: 'float16' as const, original_dtype: 'float32' };
  return { spec: { ...spec, quantization }, bytes: encodeElements(values, 'float16') };
}

/** The least and the greatest value. @throws RangeError that names the weight if it holds what is no number */
function rangeOf(values: Float32Array, name: string): [number, number] {
  let least = values[0] ?? 0;
  let greatest = least;
  for (const value of values) {
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `[@fbsd/trainer] compactArtifacts: ${name} holds ${value}, which cannot be rounded. Its training diverged, or the weights are damaged; float32 keeps them as they are.`,
      );
    }
    if (value < least) least = value;
    else if (value > greatest) greatest = value;
  }
  return [least, greatest];
}

/**
 * Whole numbers that tfjs reads as number·scale + min, within half a scale of the values. The range ends where the
 * values do: that 0 lies in it, or is met exactly, matters to no layer, and would make the steps longer.
 */
function inSteps(
  values: Float32Array,
  [min, greatest]: readonly [number, number],
  largest: number,
  type: keyof typeof LARGEST,
): { min: number; scale: number; codes: Uint8Array<ArrayBuffer> } {
  const scale = greatest === min ? 1 : (greatest - min) / largest;
  const codes = type === 'uint8' ? new Uint8Array(values.length) : new Uint16Array(values.length);
  values.forEach((value, i) => {
    codes[i] = Math.round((value - min) / scale); // from 0 to the largest, as the ends are values
  });
  return { min, scale, codes: new Uint8Array(codes.buffer) };
}
