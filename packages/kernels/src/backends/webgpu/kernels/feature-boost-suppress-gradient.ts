import type { FusedAttrs, FusedInputs, FusedOutputs } from '@fbsd/fused-kernels';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output, run, widthFor } from '../runtime/program.ts';
import { foldLanes, overRows, planRows } from '../shaders/channels.ts';
import { typeOf } from '../shaders/elementwise.ts';
import { reductionOf } from '../shaders/reduction.ts';
import {
  imageRows,
  MIN_VALUES,
  overStrip,
  rowSum,
  sizesOf,
  stripFunctions,
  THREADS,
  WORKGROUPS,
} from '../shaders/strips.ts';

/*
 * The gradient of the feature boosting and suppression, in the names of docs/derivations/fbsm.md: a pass over x and dx_b
 * for dp, a small one for dz, and one over x, dx_b and dx_s for dx and the gradient of the kernel.
 */

type Inputs = FusedInputs<'FbsdFeatureBoostSuppressGradient'>;
type Attributes = FusedAttrs<'FbsdFeatureBoostSuppressGradient'>;

/** FbsdFeatureBoostSuppressGradient: the gradients of x, kernel, bias, gamma and beta. */
export const featureBoostSuppressGradient = fusedKernel(
  'FbsdFeatureBoostSuppressGradient',
  (backend, inputs, attrs) => {
    const dots = stripDots(backend, inputs, attrs);
    const { factors, sums } = scoresGradient(backend, inputs, dots, attrs);
    const gradients = mapAndWeightGradients(backend, inputs, factors, sums);
    for (const { dataId } of [dots, factors, sums]) backend.disposeData(dataId);
    return gradients;
  },
);

/** Σ x·dx_b over every strip, in pieces: [B,k,pieces]. */
function stripDots(backend: WebGPUBackend, { x, dBoosted }: Inputs, attrs: Attributes): TensorInfo {
  const [batch, height, width, channels] = x.shape;
  const { parts, axis } = attrs;
  const vector = widthFor(channels);
  const columns = channels / vector;
  const values = Math.ceil((height * width) / parts) * columns;
  const wanted = Math.ceil(WORKGROUPS / (batch * parts));
  const pieces = Math.max(1, Math.min(wanted, Math.floor(values / MIN_VALUES)));
  const dots = output(backend, [batch, parts, pieces]);
  const { directives, declarations } = reductionOf(backend.device, 'sum', THREADS);
  run(backend, {
    name: 'FbsdStripDots',
    variant: axis,
    directives,
    reads: { x: { tensor: x, width: vector }, dBoosted: { tensor: dBoosted, width: vector } },
    writes: { dots },
    integers: { ...sizesOf(x.shape, attrs), columns },
    workgroups: [pieces, parts, batch],
    code: () => `
alias V = ${typeOf(vector)};
${stripFunctions(attrs)}
${declarations}
@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let piece = i32(group.x);
  let pieces = i32(groups.x);
  let strip = i32(group.y);
  let image = i32(group.z);
  let count = positionsOf(strip);
  let last = (piece + 1) * count / pieces * u.columns;
  var values: V;
  for (var at = piece * count / pieces * u.columns + i32(thread); at < last; at += ${THREADS}) {
    let i = at / u.columns;
    let place = (image * u.height * u.width + positionIn(strip, i)) * u.columns + at - i * u.columns;
    values += x[place] * dBoosted[place];
  }
  let sum = sumOfThreads(${vector === 4 ? 'dot(values, V(1))' : 'values'}, thread);
  if (thread == 0) { dots[(image * u.parts + strip) * pieces + piece] = sum; }
}`,
  });
  return dots;
}

/**
 * From dp to dz, a workgroup for each strip of all images: the factors [B,H,W,4] that dx is made with at every
 * position (dz, 1 + α·p, s and one that is not used), and what each strip adds to dγ, dβ and dbias, [k,3].
 */
function scoresGradient(
  backend: WebGPUBackend,
  { gamma, beta, probabilities, normalized, variance }: Inputs,
  dots: TensorInfo,
  attrs: Attributes,
): { factors: TensorInfo; sums: TensorInfo } {
  const [images, height, width] = normalized.shape;
  const { parts, alpha, beta: suppression, epsilon, training, axis } = attrs;
  const layout = imageRows(images);
  const { rows, lanes } = layout;
  const factors = output(backend, [images, height, width, 4]);
  const sums = output(backend, [parts, 3]);
  const { directives, declarations } = reductionOf(backend.device, 'sum', THREADS, 'vec2<f32>');
  const overImages = (what: string) => `
  for (var begin = 0; begin < u.images; begin += ${rows}) {
    let image = begin + row;
    let share = dScore(image, strip, row, lane) / f32(count);
    if (image < u.images) {
      ${what}
    }
  }`;
  run(backend, {
    name: 'FbsdStripScoresGradient',
    variant: `${axis} ${training} ${rows}`,
    directives,
    reads: { gamma, beta, probabilities, normalized, variance, dots },
    writes: { factors: { tensor: factors, width: 4 }, sums },
    integers: {
      ...sizesOf(normalized.shape, attrs),
      images,
      pieces: dots.shape[2] as number,
    },
    floats: { alpha, suppression, epsilon },
    workgroups: [parts, 1, 1],
    code: () => `
${stripFunctions(attrs)}
${declarations}
${rowSum(layout, 'vec2<f32>')}
/** Through softmax and boost. */
fn dScore(image: i32, strip: i32, row: i32, lane: i32) -> f32 {
  var sum: vec2<f32>; // Σ_j p_j·dp_j/α, and dp_i/α
  let ofImage = u.parts * u.pieces;
  if (image < u.images) {
    for (var i = lane; i < ofImage; i += ${lanes}) {
      let j = i / u.pieces;
      let dot = dots[image * ofImage + i];
      sum += vec2(probabilities[image * u.parts + j], select(0.0, 1.0, j == strip)) * dot;
    }
  }
  sum = sumOfRow(sum, row, lane);
  if (image >= u.images) { return 0.0; }
  return u.alpha * probabilities[image * u.parts + strip] * (sum.y - sum.x);
}
${overStrip(
  layout,
  `
  var added: vec2<f32>; // du, du·ẑ
  ${overImages(`
      for (var i = lane; i < count; i += ${lanes}) {
        let z = normalized[image * positions + positionIn(strip, i)];
        added += select(vec2(0.0), vec2(share, share * z), gamma[0] * z + beta[0] > 0.0);
      }`)}
  let total = sumOfThreads(added, thread);
  let slope = gamma[0] * inverseSqrt(variance[${training ? 'strip' : '0'}] + u.epsilon);
  if (thread == 0) {
    sums[3 * strip] = total.y;
    sums[3 * strip + 1] = total.x;
    // A batch norm by the batch's own mean takes the bias away again.
    sums[3 * strip + 2] = ${training ? '0.0' : 'slope * total.x'};
  }
  let average = total / f32(u.images * count);
  ${overImages(`
      let first = image * u.parts;
      var largest = probabilities[first];
      for (var j = 1; j < u.parts; j++) { largest = max(largest, probabilities[first + j]); }
      let p = probabilities[first + strip];
      let s = select(1.0, 1.0 - u.suppression, p == largest);
      for (var i = lane; i < count; i += ${lanes}) {
        let at = image * positions + positionIn(strip, i);
        let z = normalized[at];
        let du = select(0.0, share, gamma[0] * z + beta[0] > 0.0);
        let dz = slope * ${training ? '(du - average.x - z * average.y)' : 'du'};
        factors[at] = vec4(dz, 1.0 + u.alpha * p, s, 0.0);
      }`)}`,
)}`,
  });
  return { factors, sums };
}

/** dx, and the gradients of the weights. */
function mapAndWeightGradients(
  backend: WebGPUBackend,
  { dBoosted, dSuppressed, x, kernel, gamma, beta }: Inputs,
  factors: TensorInfo,
  sums: TensorInfo,
): FusedOutputs<'FbsdFeatureBoostSuppressGradient'> {
  const plan = planRows(x);
  const dx = output(backend, x.shape);
  const partial = output(backend, [plan.slices, plan.channels]);
  const name = 'FbsdBoostSuppressGradient';
  const declarations = 'var<workgroup> sums: array<V, 256>;';
  const fold = foldLanes((other) => `sums[here] += sums[${other}];`);
  overRows(backend, plan, {
    name,
    declarations,
    reads: {
      x,
      dBoosted,
      ...(dSuppressed && { dSuppressed }),
      kernel,
      factors: { tensor: factors, width: 4 },
    },
    writes: { dx, ofSlices: partial },
    body: `
  var sum: V;
  if (exists) {
    let w = kernel[c];
    for (var row = first + lane; row < last; row += 16) {
      let at = row * u.columns + c;
      let f = factors[row];
      dx[at] = f.y * dBoosted[at] + f.x * w${dSuppressed ? ' + f.z * dSuppressed[at]' : ''};
      sum += f.x * x[at];
    }
  }
  sums[here] = sum;
  ${fold}
  if (lane == 0 && exists) { ofSlices[slice * u.columns + c] = sums[here]; }`,
  });
  const [dkernel, dbias] = [output(backend, kernel.shape), output(backend, [1])];
  const [dgamma, dbeta] = [output(backend, gamma.shape), output(backend, beta.shape)];
  const single = (tensor: TensorInfo) => ({ tensor, width: 1 }) as const;
  const second = {
    name,
    declarations,
    reads: { ofSlices: partial, ofStrips: single(sums) },
    integers: { strips: sums.shape[0] as number },
    writes: { dkernel, dbias: single(dbias), dgamma: single(dgamma), dbeta: single(dbeta) },
    body: `
  var sum: V;
  if (exists) {
    for (var other = lane; other < u.slices; other += 16) { sum += ofSlices[other * u.columns + c]; }
  }
  sums[here] = sum;
  ${fold}
  if (lane == 0 && exists) { dkernel[c] = sums[here]; }
  if (group.x == 0 && here == 0) {
    var total: vec3<f32>;
    for (var i = 0; i < u.strips; i++) {
      total += vec3(ofStrips[3 * i], ofStrips[3 * i + 1], ofStrips[3 * i + 2]);
    }
    dgamma[0] = total.x;
    dbeta[0] = total.y;
    dbias[0] = total.z;
  }`,
  };
  overRows(backend, plan, second, 'slices');
  backend.disposeData(partial.dataId);
  return [dx, dkernel, dbias, dgamma, dbeta];
}
