import { backend_util } from '@tensorflow/tfjs-core';

interface ConvolutionAttrs {
  strides: [number, number] | number;
  pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number | null;
}

type Shape4D = [number, number, number, number];

/**
 * Sizes, strides and paddings of a convolution from its attributes.
 *
 * @throws Error if the data format is not NHWC, the only one of these kernels
 */
export function conv2DInfo(
  kernelName: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dimRoundingMode, dataFormat = 'NHWC', dilations }: ConvolutionAttrs,
  depthwise = false,
): backend_util.Conv2DInfo {
  if (dataFormat !== 'NHWC') {
    throw new Error(
      `[@fbsd/kernels] ${kernelName}: expected the data format NHWC, got ${dataFormat}. Transpose the input.`,
    );
  }
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

/**
 * The same for a gradient, whose attributes lack the `dimRoundingMode` by which the convolution counted its outputs:
 * tfjs does not hand it on. So it is that by which they are as many as dy has, if there is one.
 */
export function conv2DGradientInfo(
  ...[kernelName, inputShape, filterShape, attrs, dyShape, depthwise]: [
    kernelName: string,
    inputShape: readonly number[],
    filterShape: readonly number[],
    attrs: ConvolutionAttrs,
    dyShape: readonly number[],
    depthwise?: boolean,
  ]
): backend_util.Conv2DInfo {
  const infoBy = (dimRoundingMode: 'floor' | 'round' | 'ceil') =>
    conv2DInfo(kernelName, inputShape, filterShape, { ...attrs, dimRoundingMode }, depthwise);
  const plain = conv2DInfo(kernelName, inputShape, filterShape, attrs, depthwise);
  if (typeof attrs.pad !== 'number' || fits(plain, dyShape)) return plain;
  const counted = (['ceil', 'round'] as const).map(infoBy).find((info) => fits(info, dyShape));
  return counted ? withPaddingBehind(counted) : plain;
}

/** Whether the outputs of a convolution are as many as the gradients of them. */
export function fits(info: backend_util.Conv2DInfo, dyShape: readonly number[]): boolean {
  return info.outShape.join() === dyShape.join();
}

/** With so much padding behind the image as the last outputs reach: where they are counted upwards that is more. */
export function withPaddingBehind(info: backend_util.Conv2DInfo): backend_util.Conv2DInfo {
  const { padInfo } = info;
  const bottom =
    (info.outHeight - 1) * info.strideHeight +
    info.effectiveFilterHeight -
    padInfo.top -
    info.inHeight;
  const right =
    (info.outWidth - 1) * info.strideWidth +
    info.effectiveFilterWidth -
    padInfo.left -
    info.inWidth;
  return {
    ...info,
    padInfo: {
      ...padInfo,
      bottom: Math.max(padInfo.bottom, bottom),
      right: Math.max(padInfo.right, right),
    },
  };
}

/** The taps of a strided kernel along one axis that reach the inputs of one phase. */
export interface Phase {
  /** First tap; the others follow at steps of the stride. */
  readonly first: number;
  /** How many taps there are; 0 if the stride is longer than the kernel. */
  readonly taps: number;
  /** Output that the first tap connects to the phase's first input; each further tap one less. */
  readonly offset: number;
  /** How many inputs the phase has. */
  readonly size: number;
}

/**
 * Splits the inputs of a strided convolution along one axis, for its input gradient.
 *
 * Input i receives from output o through tap k where i = o·stride − before + k. Inputs of one phase
 * (i = phase + a·stride) use the same taps k = first + q·stride and o = a + offset − q: seen from
 * one phase the input gradient is a convolution of stride 1.
 */
export function phaseOf(
  phase: number,
  stride: number,
  before: number,
  kernel: number,
  inputSize: number,
): Phase {
  const first = (phase + before) % stride;
  return {
    first,
    taps: Math.max(0, Math.ceil((kernel - first) / stride)),
    offset: (phase + before - first) / stride,
    size: Math.max(0, Math.ceil((inputSize - phase) / stride)),
  };
}

/** One sum over taps and channels for each of some positions: as every convolution here computes it. */
export interface Geometry {
  /** Sizes of the image that is read. */
  input: readonly [height: number, width: number, channels: number];
  kernel: readonly [height: number, width: number];
  outChannels: number;
  /** How many positions of each image are computed. */
  positions: readonly [rows: number, columns: number];
  strides: readonly [number, number];
  /** Where in the input the first tap of the first position lies: minus the padding. */
  origin: readonly [top: number, left: number];
  dilations: readonly [number, number];
  /** Sizes of the image that is written, and which of its pixels. @default all positions */
  output?: {
    size: readonly [height: number, width: number];
    steps: readonly [number, number];
    first: readonly [row: number, column: number];
  };
  /** Whether negative outputs are written as 0. @default false */
  relu?: boolean;
  /** Values from one pixel of the image that is read to the next. @default its channels */
  pixelStep?: number;
  /** Values from an output to what is added to it before the ReLU. @default nothing is added */
  residual?: number;
}

/** The geometry of a forward convolution, and of its filter gradient. */
export function forwardGeometry(info: backend_util.Conv2DInfo): Geometry {
  return {
    input: [info.inHeight, info.inWidth, info.inChannels],
    kernel: [info.filterHeight, info.filterWidth],
    outChannels: info.outChannels,
    positions: [info.outHeight, info.outWidth],
    strides: [info.strideHeight, info.strideWidth],
    origin: [-info.padInfo.top, -info.padInfo.left],
    dilations: [info.dilationHeight, info.dilationWidth],
  };
}

/**
 * The same sums for each position with one tap for each row of taps, whose channels are those of all of them side by side;
 * nothing where a row of taps reaches over the left or the right border, or its taps lie apart.
 */
export function withWideTaps(g: Geometry): Geometry | undefined {
  const [height, width, channels] = g.input;
  const [, left] = g.origin;
  const end = left + (g.positions[1] - 1) * g.strides[1] + g.kernel[1];
  if (g.dilations[1] !== 1 || left < 0 || end > width) return undefined;
  return {
    ...g,
    input: [height, width, g.kernel[1] * channels],
    kernel: [g.kernel[0], 1],
    pixelStep: channels,
  };
}

/** Writes the pixels of one phase of the stride: a convolution of dy with some flipped taps. */
export interface InputGradientPhase {
  readonly geometry: Geometry & Required<Pick<Geometry, 'output'>>;
  readonly vertical: Phase;
  readonly horizontal: Phase;
}

/** The input gradient as convolutions of stride 1, one for each phase of the stride (see {@link phaseOf}). */
export function inputGradientPhases(info: backend_util.Conv2DInfo): InputGradientPhase[] {
  const phases: InputGradientPhase[] = [];
  for (let row = 0; row < Math.min(info.strideHeight, info.inHeight); row++) {
    for (let column = 0; column < Math.min(info.strideWidth, info.inWidth); column++) {
      phases.push(inputGradientPhase(info, row, column));
    }
  }
  return phases;
}

function inputGradientPhase(
  { padInfo, ...info }: backend_util.Conv2DInfo,
  row: number,
  column: number,
): InputGradientPhase {
  const { strideHeight, strideWidth, filterHeight, filterWidth } = info;
  const vertical = phaseOf(row, strideHeight, padInfo.top, filterHeight, info.inHeight);
  const horizontal = phaseOf(column, strideWidth, padInfo.left, filterWidth, info.inWidth);
  const geometry: InputGradientPhase['geometry'] = {
    input: [info.outHeight, info.outWidth, info.outChannels],
    // Without taps (a stride longer than the kernel) the sums are empty: zeros are written.
    kernel: [vertical.taps, horizontal.taps],
    outChannels: info.inChannels,
    positions: [vertical.size, horizontal.size],
    strides: [1, 1],
    origin: [vertical.offset - vertical.taps + 1, horizontal.offset - horizontal.taps + 1],
    dilations: [1, 1],
    output: {
      size: [info.inHeight, info.inWidth],
      steps: [strideHeight, strideWidth],
      first: [row, column],
    },
  };
  return { geometry, vertical, horizontal };
}
