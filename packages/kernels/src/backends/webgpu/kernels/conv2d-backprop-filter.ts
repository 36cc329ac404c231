import {
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {
  conv2DGradientInfo,
  forwardGeometry,
  type Geometry,
} from '../../../convolution/geometry.ts';
import { replacement } from '../define-kernels.ts';
import type { Operand } from '../products/operand.ts';
import { product } from '../products/product.ts';
import { sideFor, type TileSide } from '../products/tiles.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output, run, sizeOf, widthFor, zeros } from '../runtime/program.ts';
import {
  geometryFields,
  PIXEL,
  POSITION,
  ROWS_OF_OUTPUTS,
  storeFour,
  TAP,
} from '../shaders/convolution.ts';

/** Workgroups that keep a large GPU busy: about four for each of its cores. */
const WORKGROUPS = 512;
/** Positions that are worth a workgroup of their own. */
const MIN_POSITIONS = 512;

/**
 * dW[tap,i,o] = Σ x(below the tap)[position,i]·dy[position,o]. The result is small and the sum long, up
 * to millions of positions: it is cut into parts, each summed by workgroups of its own, and the parts
 * are added in the end, always in the same order. The stock kernel runs one thread for each weight.
 */
export const conv2DBackpropFilter = replacement<
  Conv2DBackpropFilterInputs,
  Conv2DBackpropFilterAttrs
>(Conv2DBackpropFilter, (backend, { inputs: { x, dy }, attrs, stock }) => {
  const { filterShape, ...rest } = attrs;
  if ((rest.dataFormat as string) === 'NCHW') return stock();
  const info = conv2DGradientInfo(Conv2DBackpropFilter, x.shape, filterShape, rest, dy.shape);
  if (info.batchSize * info.outHeight * info.outWidth === 0) return zeros(backend, filterShape);
  const geometry = forwardGeometry(info);
  const dw = output(backend, filterShape);
  const plan = planOf(geometry, info.batchSize);
  if (plan.parts === 1) {
    sumPositions(backend, geometry, plan, { x, dy, dw });
    return dw;
  }
  const parts = output(backend, [plan.parts, ...filterShape]);
  sumPositions(backend, geometry, plan, { x, dy, dw: parts });
  addParts(backend, plan.parts, parts, dw);
  backend.disposeData(parts.dataId);
  return dw;
});

interface Plan {
  readonly side: TileSide;
  readonly parts: number;
  /** Of each part. */
  readonly positions: number;
}

function planOf({ kernel, input, outChannels, positions }: Geometry, batch: number): Plan {
  const rows = kernel[0] * kernel[1] * input[2];
  const all = batch * positions[0] * positions[1];
  const most = Math.max(1, Math.floor(all / MIN_POSITIONS));
  const side = sideFor(rows, outChannels, most);
  const tiles = Math.ceil(rows / side) * Math.ceil(outChannels / side);
  const wanted = Math.min(most, Math.ceil(WORKGROUPS / tiles));
  const share = 4 * Math.ceil(all / wanted / 4); // so that vec4s along the positions stay whole
  return { side, parts: Math.ceil(all / share), positions: share };
}

const TAPS: Operand = {
  array: 'x',
  contiguous: 'across',
  places: `
alias AcrossNAME = Tap; alias DepthNAME = Position;
fn acrossNAME(place: i32) -> Tap { return tapOf(min(place, u.taps - 1)); }
fn depthNAME(k: i32) -> Position { return positionOf(k); }
fn indexNAME(tap: Tap, position: Position) -> i32 { return pixel(position, tap); }`,
};

const UPSTREAM: Operand = {
  array: 'dy',
  contiguous: 'across',
  places: ROWS_OF_OUTPUTS,
};

/** One partial filter gradient for each part of the positions. */
function sumPositions(
  backend: WebGPUBackend,
  geometry: Geometry,
  { side, parts, positions }: Plan,
  { x, dy, dw }: Record<'x' | 'dy' | 'dw', TensorInfo>,
): void {
  const batch = x.shape[0] as number;
  const { kernel, input, outChannels } = geometry;
  const taps = kernel[0] * kernel[1] * input[2];
  const width = widthFor(outChannels);
  product(backend, {
    name: Conv2DBackpropFilter,
    side,
    a: { ...TAPS, tensor: x, width: widthFor(input[2]) },
    b: { ...UPSTREAM, tensor: dy, width },
    reads: {},
    writes: { dw: { tensor: dw, width } },
    integers: {
      ...geometryFields(geometry, batch),
      taps,
      outChannels,
      part: positions,
      depth: batch * geometry.positions[0] * geometry.positions[1],
    },
    workgroups: [Math.ceil(outChannels / side), Math.ceil(taps / side), parts],
    result: `${POSITION}${TAP}${PIXEL}
fn tile(group: vec3<u32>) -> Tile {
  let first = i32(group.z) * u.part;
  firstValue = i32(group.z) * u.taps * u.outChannels;
  return Tile(i32(group.y) * ${side}, i32(group.x) * ${side}, first, min(first + u.part, u.depth));
}
var<private> firstValue: i32; // of this part's result
fn lineOf(row: i32) -> i32 { return select(-1, firstValue + row * u.outChannels, row < u.taps); }
${storeFour('dw', width, 'u.outChannels')}`,
  });
}

function addParts(backend: WebGPUBackend, parts: number, from: TensorInfo, to: TensorInfo): void {
  const width = widthFor(sizeOf(to));
  const size = sizeOf(to) / width;
  run(backend, {
    name: 'SumOfParts',
    reads: { parts: { tensor: from, width } },
    writes: { sum: { tensor: to, width } },
    integers: { count: parts, size },
    workgroups: [Math.ceil(size / 64), 1, 1],
    code: () => `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = i32(id.x);
  if (i >= u.size) { return; }
  var total = parts[i];
  for (var part = 1; part < u.count; part++) { total += parts[part * u.size + i]; }
  sum[i] = total;
}`,
  });
}
