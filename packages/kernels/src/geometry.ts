import { backend_util } from '@tensorflow/tfjs-core';

interface ConvolutionAttrs {
  strides: [number, number] | number;
  pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
}

type Shape4D = [number, number, number, number];

/**
 * Sizes, strides and paddings of a convolution from its attributes.
 *
 * @throws Error if the data format is not NHWC, the only one of the wasm backend
 */
export function conv2DInfo(
  kernelName: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dimRoundingMode, dataFormat = 'NHWC', dilations = 1 }: ConvolutionAttrs,
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
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
  );
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
