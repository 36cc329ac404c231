import {
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
  util,
} from '@tensorflow/tfjs-core';
import {
  conv2DGradientInfo,
  forwardGeometry,
  type Geometry,
  withWideTaps,
} from '../../../convolution/geometry.ts';
import { replacement } from '../define-kernels.ts';
import { writeGeometry } from './convolution.ts';
import { filterGradientWork, outputChannels } from './filter-gradient.ts';
import { filterGradientOfTiles, paysWithTiles } from './winograd.ts';

/** dW[a,b] = x(below tap a,b)ᵀ · dy, with a block of positions packed at a time. */
export const conv2DBackpropFilter = replacement<
  Conv2DBackpropFilterInputs,
  Conv2DBackpropFilterAttrs
>(Conv2DBackpropFilter, (module, { inputs: { x, dy }, attrs }) => {
  const { filterShape, ...rest } = attrs;
  const info = conv2DGradientInfo(Conv2DBackpropFilter, x.shape, filterShape, rest, dy.shape);
  const dw = module.output(filterShape);
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  if (pixels === 0 || util.sizeFromShape(filterShape) === 0) {
    module.floats(module.address(dw), util.sizeFromShape(filterShape)).fill(0);
    return dw;
  }
  const g = forwardGeometry(info);
  if (paysWithTiles(module, g, info.batchSize)) {
    filterGradientOfTiles(module, g, info.batchSize, { x, dy, dw });
    return dw;
  }
  const { sizes } = module;
  const groupsOf = ({ kernel: [rows, columns], input: [, , channels] }: Geometry) =>
    rows * columns * Math.ceil(channels / sizes.ROWS);
  // Few channels fill no group of rows: an image has three.
  const wide = withWideTaps(g);
  const taps = wide && groupsOf(wide) < groupsOf(g) ? wide : g;
  const [geometry, ...scratch] = module.scratch(
    sizes.convolutionBytes(),
    ...module.forEachThread(sizes.filterGradientScratchBytes(taps.input[2], info.outChannels)),
  );
  writeGeometry(module, geometry, taps);
  const [from, upstream, to] = [module.address(x), module.address(dy), module.address(dw)];
  const work = filterGradientWork(module, pixels, groupsOf(taps), info.outChannels);
  module.parallelPairs('filterGradient', work, (rows, panels, thread) => {
    const outputs = outputChannels(module, panels, info.outChannels);
    const own = scratch[thread] as number;
    return [geometry, from, upstream, to, info.batchSize, ...rows, ...outputs, own];
  });
  return dw;
});
