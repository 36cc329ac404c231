import type { FusedAttrs, FusedInputs } from '@fbsd/fused-kernels';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output, run, widthFor } from '../runtime/program.ts';
import { typeOf } from '../shaders/elementwise.ts';
import { lineSums } from '../shaders/line-sums.ts';
import { reductionOf } from '../shaders/reduction.ts';
import {
  type ImageRows,
  imageRows,
  MAX_WORKGROUPS,
  MIN_VALUES,
  overStrip,
  rowSum,
  sizesOf,
  stripFunctions,
  THREADS,
  WORKGROUPS,
} from '../shaders/strips.ts';

/*
 * The feature boosting and suppression of @fbsd/fbsm, in the names of docs/derivations/fbsm.md: a pass over x for z,
 * a small one for the scores of the strips, and one that reads x and writes both maps.
 */

type Inputs = FusedInputs<'FbsdFeatureBoostSuppress'>;
type Attributes = FusedAttrs<'FbsdFeatureBoostSuppress'>;

/** FbsdFeatureBoostSuppress: boosted, suppressed, p [B,k], ẑ [B,H,W] and, in training, mean and variance [k]. */
export const featureBoostSuppress = fusedKernel(
  'FbsdFeatureBoostSuppress',
  (backend, inputs, attrs) => {
    const { x, kernel } = inputs;
    const [batch, height, width, channels] = x.shape;
    const { dataId } = lineSums(backend, x, {
      name: 'FbsdStripMap',
      lines: batch * height * width,
      length: channels,
      value: 'x[at] * kernel[c]',
      columns: { kernel },
    });
    const map: TensorInfo = { dataId, shape: [batch, height, width], dtype: 'float32' };
    const { scores, statistics } = stripScores(backend, map, inputs, attrs);
    const { boosted, suppressed, probabilities } = boostAndSuppress(backend, x, scores, attrs);
    backend.disposeData(scores.dataId);
    return [boosted, suppressed, probabilities, map, ...statistics];
  },
);

/**
 * The scores [B,k] of the strips of z, a workgroup for each: in training with the images of the whole batch,
 * whose mean and variance it needs, in evaluation for each image. z becomes ẑ in place.
 */
function stripScores(
  backend: WebGPUBackend,
  map: TensorInfo,
  { bias, gamma, beta, movingMean, movingVariance }: Inputs,
  attrs: Attributes,
): { scores: TensorInfo; statistics: TensorInfo[] } {
  const { parts, epsilon, training, axis } = attrs;
  const batch = map.shape[0] as number;
  const images = training ? batch : 1;
  const layout = imageRows(images);
  const { rows, lanes } = layout;
  const scores = output(backend, [batch, parts]);
  const statistics = training ? [output(backend, [parts]), output(backend, [parts])] : [];
  const [mean, variance] = statistics;
  const { directives, declarations } = reductionOf(backend.device, 'sum', THREADS);
  run(backend, {
    name: 'FbsdStripScores',
    variant: `${axis} ${training} ${rows}`,
    directives,
    reads: {
      bias,
      gamma,
      beta,
      ...(movingMean && movingVariance && { movingMean, movingVariance }),
    },
    writes: { map, scores, ...(mean && variance && { mean, variance }) },
    integers: { ...sizesOf(map.shape, attrs), images },
    floats: { epsilon },
    workgroups: [parts, batch / images, 1],
    code: () => `
${stripFunctions(attrs)}
${declarations}
${rowSum(layout)}
${overStrip(
  layout,
  `
  let first = i32(group.y) * u.images;
  ${training ? stripStatistics(layout) : movingStatistics}
  for (var begin = 0; begin < u.images; begin += ${rows}) {
    let image = first + begin + row;
    var score = 0.0;
    if (begin + row < u.images) {
      for (var i = lane; i < count; i += ${lanes}) {
        let at = image * positions + positionIn(strip, i);
        let normalized = (map[at] - centre) * scale;
        map[at] = normalized;
        let y = gamma[0] * normalized + beta[0];
        score += select(y, 0.0, y < 0.0); // NaN stays
      }
    }
    let sum = sumOfRow(score, row, lane);
    if (lane == 0 && begin + row < u.images) { scores[image * u.parts + strip] = sum / f32(count); }
  }`,
)}`,
  });
  return { scores, statistics };
}

/** The bias is left out of the map: it moves the mean and nothing else. */
const movingStatistics = `
  let centre = movingMean[0] - bias[0];
  let scale = inverseSqrt(movingVariance[0] + u.epsilon);`;

const stripStatistics = ({ rows, lanes }: ImageRows): string => {
  const over = (what: string) => `
  for (var image = row; image < u.images; image += ${rows}) {
    for (var i = lane; i < count; i += ${lanes}) {
      let z = map[image * positions + positionIn(strip, i)];
      ${what}
    }
  }`;
  return `
  let n = f32(u.images * count);
  var sum = 0.0;
  ${over('sum += z;')}
  let centre = sumOfThreads(sum, thread) / n;
  var squares = 0.0;
  ${over('squares += (z - centre) * (z - centre);')}
  let spread = sumOfThreads(squares, thread) / n;
  let scale = inverseSqrt(spread + u.epsilon);
  if (thread == 0) {
    mean[strip] = centre + bias[0];
    variance[strip] = spread;
  }`;
};

/** Both maps and p. A workgroup makes the softmax of its image anew, from so few scores that this is no work. */
function boostAndSuppress(
  backend: WebGPUBackend,
  x: TensorInfo,
  scores: TensorInfo,
  attrs: Attributes,
): Record<'boosted' | 'suppressed' | 'probabilities', TensorInfo> {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const { parts, alpha, beta, axis } = attrs;
  const vector = widthFor(channels);
  const columns = channels / vector;
  const values = height * width * columns;
  const most = Math.min(MAX_WORKGROUPS, Math.ceil(values / THREADS));
  const workgroups = Math.min(
    most,
    Math.max(Math.ceil(values / MIN_VALUES), Math.ceil(WORKGROUPS / batch)),
  );
  const boosted = output(backend, x.shape);
  const suppressed = output(backend, x.shape);
  const probabilities = output(backend, [batch, parts]);
  const wide = (tensor: TensorInfo) => ({ tensor, width: vector });
  run(backend, {
    name: 'FbsdBoostSuppress',
    variant: axis,
    reads: { x: wide(x), scores },
    writes: { boosted: wide(boosted), suppressed: wide(suppressed), probabilities },
    integers: { ...sizesOf(x.shape, attrs), columns, values },
    floats: { alpha, beta },
    workgroups: [workgroups, batch, 1],
    code: () => `
alias V = ${typeOf(vector)};
${stripFunctions(attrs)}
@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let image = i32(group.y);
  let first = image * u.parts;
  var largest = scores[first];
  for (var i = 1; i < u.parts; i++) { largest = max(largest, scores[first + i]); }
  var total = 0.0;
  var top = 0.0;
  for (var i = 0; i < u.parts; i++) {
    let e = exp(scores[first + i] - largest);
    total += e;
    top = max(top, e);
  }
  if (group.x == 0) {
    for (var i = i32(thread); i < u.parts; i += ${THREADS}) {
      probabilities[first + i] = exp(scores[first + i] - largest) / total;
    }
  }
  for (var i = i32(group.x * ${THREADS} + thread); i < u.values; i += i32(groups.x) * ${THREADS}) {
    let e = exp(scores[first + stripAt(i / u.columns)] - largest);
    let at = image * u.values + i;
    let value = x[at];
    boosted[at] = value * (1.0 + u.alpha * (e / total));
    suppressed[at] = value * select(1.0, 1.0 - u.beta, e == top);
  }
}`,
  });
  return { boosted, suppressed, probabilities };
}
