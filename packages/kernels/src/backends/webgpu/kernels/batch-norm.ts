import type { FusedAttrs } from '@fbsd/fused-kernels';
import { FusedBatchNorm, type FusedBatchNormAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel, replacement } from '../define-kernels.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output } from '../runtime/program.ts';
import { foldLanes, overRows, planRows } from '../shaders/channels.ts';

/** FbsdFusedBatchNorm: y, mean and biased variance of the batch. */
export const trainingBatchNorm = fusedKernel('FbsdFusedBatchNorm', (backend, inputs, attrs) => {
  const { mean, variance } = moments(backend, inputs.x);
  return [affine(backend, { ...inputs, mean, variance }, attrs), mean, variance];
});

/** FbsdNormalize: [relu](γ·(x − mean)/√(variance + ε) + β [+ residual]). */
export const normalize = fusedKernel('FbsdNormalize', (backend, inputs, attrs) => [
  affine(backend, inputs, attrs),
]);

/** tfjs's own batch normalisation with given statistics, where they are per channel. */
export const fusedBatchNorm = replacement<StockInputs, FusedBatchNormAttrs>(
  FusedBatchNorm,
  (backend, { inputs: { x, mean, variance, scale, offset }, attrs, stock }) => {
    const channels = `${x.shape.at(-1)}`;
    const perChannel = [mean, variance, scale, offset].every(
      (vector) => !vector || vector.shape.join() === channels,
    );
    if (!perChannel) return stock();
    const inputs = { x, mean, variance, gamma: scale, beta: offset };
    return affine(backend, inputs, { epsilon: attrs.varianceEpsilon, relu: false });
  },
);

interface StockInputs {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  scale?: TensorInfo;
  offset?: TensorInfo;
}

interface NormalizeInputs {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  gamma?: TensorInfo | undefined;
  beta?: TensorInfo | undefined;
  residual?: TensorInfo | undefined;
}

/**
 * Mean and biased variance of each channel. Each slice of the rows sums distances from its first value,
 * so that a large mean does not swallow a small spread; the slices are put together as by Chan, Golub and
 * LeVeque (1979).
 */
function moments(backend: WebGPUBackend, x: TensorInfo) {
  const plan = planRows(x);
  const [partial, mean, variance] = [
    output(backend, [plan.slices, 2, plan.channels]),
    output(backend, [plan.channels]),
    output(backend, [plan.channels]),
  ] as const;
  overRows(backend, plan, {
    name: 'FbsdMoments',
    reads: { x },
    writes: { ofSlices: partial },
    declarations: 'var<workgroup> sums: array<V, 256>; var<workgroup> squares: array<V, 256>;',
    body: `
  var shift: V;
  var sum: V;
  var square: V;
  if (exists) {
    shift = x[first * u.columns + c];
    for (var row = first + lane; row < last; row += 16) {
      let d = x[row * u.columns + c] - shift;
      sum += d;
      square += d * d;
    }
  }
  sums[here] = sum;
  squares[here] = square;
  ${foldLanes((other) => `sums[here] += sums[${other}]; squares[here] += squares[${other}];`)}
  if (lane == 0 && exists) {
    let n = f32(last - first);
    let at = slice * 2 * u.columns + c;
    ofSlices[at] = shift + sums[here] / n;
    ofSlices[at + u.columns] = max(squares[here] - sums[here] * sums[here] / n, V());
  }`,
  });
  overRows(
    backend,
    plan,
    {
      name: 'FbsdMoments',
      reads: { ofSlices: partial },
      writes: { mean, variance },
      declarations: `
struct Moments { n: f32, mean: V, deviations: V };
var<workgroup> lanes: array<Moments, 256>;
fn merge(a: Moments, b: Moments) -> Moments {
  if (b.n == 0.0) { return a; }
  let n = a.n + b.n;
  let delta = b.mean - a.mean;
  return Moments(n, a.mean + delta * (b.n / n), a.deviations + b.deviations + delta * delta * (a.n * b.n / n));
}`,
      body: `
  var total: Moments;
  if (exists) {
    for (var other = lane; other < u.slices; other += 16) {
      let n = f32(min(u.sliceRows, u.rows - other * u.sliceRows));
      let at = other * 2 * u.columns + c;
      total = merge(total, Moments(n, ofSlices[at], ofSlices[at + u.columns]));
    }
  }
  lanes[here] = total;
  ${foldLanes((other) => `lanes[here] = merge(lanes[here], lanes[${other}]);`)}
  if (lane == 0 && exists) {
    mean[c] = lanes[here].mean;
    variance[c] = lanes[here].deviations / f32(u.rows);
  }`,
    },
    'slices',
  );
  backend.disposeData(partial.dataId);
  return { mean, variance };
}

function affine(
  backend: WebGPUBackend,
  { x, mean, variance, gamma, beta, residual }: NormalizeInputs,
  { epsilon, relu }: FusedAttrs<'FbsdNormalize'>,
): TensorInfo {
  const y = output(backend, x.shape);
  overRows(backend, planRows(x), {
    name: 'FbsdNormalize',
    variant: relu ? 'relu' : '',
    reads: {
      x,
      mean,
      variance,
      ...(gamma && { gamma }),
      ...(beta && { beta }),
      ...(residual && { residual }),
    },
    writes: { y },
    floats: { epsilon },
    body: `
  if (!exists) { return; }
  let scale = ${gamma ? 'gamma[c] * ' : ''}inverseSqrt(variance[c] + u.epsilon);
  let shift = ${beta ? 'beta[c]' : 'V()'} - mean[c] * scale;
  for (var row = first + lane; row < last; row += 16) {
    let at = row * u.columns + c;
    let value = x[at] * scale + shift${residual ? ' + residual[at]' : ''};
    y[at] = ${relu ? 'select(value, V(), value < V())' : 'value'}; // NaN stays
  }`,
  });
  return y;
}
