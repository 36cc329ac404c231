import type { Attribute } from '../protobuf/onnx.ts';
import { UnsupportedLayerError, type Use } from './use.ts';

/** A window that moves over a map: of a convolution, or of pooling. */
export interface Window {
  /** Rows and columns. */
  size: readonly number[];
  strides: readonly number[];
  dilations?: readonly number[];
}

/** Two numbers from one or two. */
export function pair(value: unknown, otherwise = 1): [number, number] {
  const [rows = otherwise, columns = rows] = [value ?? otherwise].flat() as number[];
  return [rows, columns];
}

/** Refuses maps of [B,C,H,W], which tfjs itself computes on few backends. */
export function requireChannelsLast(use: Use): void {
  if (use.config['dataFormat'] !== 'channelsFirst') return;
  throw new UnsupportedLayerError(use, "has dataFormat 'channelsFirst'. Use 'channelsLast'.");
}

/** The attributes of a window, with the rows and columns that `padding` adds at each side. */
export function windowAttributes(
  use: Use,
  { size, strides, dilations }: Window,
): Record<string, Attribute> {
  const [, height, width] = use.inputs[0].shape;
  return {
    kernel_shape: { ints: size },
    strides: { ints: strides },
    ...(dilations && { dilations: { ints: dilations } }),
    ...padding(use, [height, width], { size, strides, dilations: dilations ?? [1, 1] }),
  };
}

function padding(
  use: Use,
  sizes: readonly (number | null | undefined)[],
  { size, strides, dilations }: Required<Window>,
): Record<string, Attribute> {
  const kind = use.config['padding'] ?? 'valid';
  if (kind === 'valid') return {};
  if (kind !== 'same') {
    throw new UnsupportedLayerError(use, `has padding '${kind}'. Use 'same' or 'valid'.`);
  }
  if (sizes.some((length) => length == null)) return { auto_pad: { text: 'SAME_UPPER' } };
  const totals = sizes.map((length, axis) => {
    const stride = strides[axis] as number;
    const span = ((size[axis] as number) - 1) * (dilations[axis] as number) + 1;
    const last = (Math.ceil((length as number) / stride) - 1) * stride;
    return Math.max(last + span - (length as number), 0);
  });
  return { pads: { ints: split(totals) } };
}

/** Rows and columns to add in all → those at the top, left, bottom, right; of an odd number more at the end. */
export function split(totals: readonly number[]): number[] {
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, axis) => total - (before[axis] as number))];
}
