import type { FusedAttrs } from '@fbsd/fused-kernels';
import { SGD_TENSORS, type SgdTensors, sgdTensors } from '../../sgd-tensors.ts';
import { fusedKernel } from '../define-kernels.ts';
import { takeOver, type WebGPUBackend } from '../runtime/backend.ts';
import { type Binding, run, sizeOf, widthFor } from '../runtime/program.ts';
import { copy, typeOf } from '../shaders/elementwise.ts';

const THREADS = 256;
const MAX_WORKGROUPS = 65535;

type Options = FusedAttrs<'FbsdSgd'>;

interface Parameter extends SgdTensors {
  readonly options: Options;
}

/**
 * FbsdMultiTensorSgd: weights, velocities and gradients, in threes → the next weights and velocities, in
 * twos, in the memory of the given ones where no other tensor shares it: these must not be used again.
 *
 * A dispatch moves as many parameters as the adapter lets it bind buffers.
 */
export const multiTensorSgd = fusedKernel('FbsdMultiTensorSgd', (backend, inputs, { options }) => {
  const given = sgdTensors(inputs);
  const overwritten = new Set(
    given.flatMap(({ weight, velocity }) => [weight.dataId, velocity.dataId]),
  );
  const copies = given.map(({ gradient }) =>
    overwritten.has(gradient.dataId) ? copy(backend, gradient) : undefined,
  );
  const parameters = given.map(
    ({ weight, velocity, gradient }, i): Parameter => ({
      weight: takeOver(backend, weight) ?? copy(backend, weight),
      velocity: takeOver(backend, velocity) ?? copy(backend, velocity),
      gradient: copies[i] ?? gradient,
      options: options[i] as Options,
    }),
  );
  const { maxStorageBuffersPerShaderStage } = backend.device.limits;
  const atOnce = Math.floor(maxStorageBuffersPerShaderStage / SGD_TENSORS);
  for (const width of [4, 1] as const) {
    const alike = parameters.filter(({ weight }) => widthFor(sizeOf(weight)) === width);
    for (let i = 0; i < alike.length; i += atOnce) move(backend, alike.slice(i, i + atOnce), width);
  }
  for (const gradient of copies) if (gradient) backend.disposeData(gradient.dataId);
  return parameters.flatMap(({ weight, velocity }) => [weight, velocity]);
});

/** Moves parameters, `width` values at a time, in one dispatch: each has workgroups in a row. */
function move(backend: WebGPUBackend, parameters: readonly Parameter[], width: 1 | 4): void {
  const most = Math.floor(MAX_WORKGROUPS / parameters.length);
  const reads: Record<string, Binding> = {};
  const writes: Record<string, Binding> = {};
  const integers: Record<string, number> = {};
  const floats: Record<string, number> = {};
  let workgroups = 0;
  for (const [i, { weight, velocity, gradient, options }] of parameters.entries()) {
    const size = sizeOf(weight) / width;
    workgroups += Math.min(most, Math.ceil(size / THREADS));
    reads[`gradient${i}`] = { tensor: gradient, width };
    writes[`weight${i}`] = { tensor: weight, width };
    writes[`velocity${i}`] = { tensor: velocity, width };
    integers[`size${i}`] = size;
    integers[`end${i}`] = workgroups;
    floats[`learningRate${i}`] = options.learningRate;
    floats[`momentum${i}`] = options.momentum;
    floats[`weightDecay${i}`] = options.weightDecay;
  }
  run(backend, {
    name: 'FbsdMultiTensorSgd',
    reads,
    writes,
    integers,
    floats,
    workgroups: [workgroups, 1, 1],
    code: () => `
alias V = ${typeOf(width)};
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x);
  ${parameters.map((_, i) => moveOne(i)).join(' else ')}
}`,
  });
}

/** WGSL of what the workgroups of a parameter do. */
const moveOne = (k: number) => `if (group < u.end${k}) {
    let begin = ${k === 0 ? '0' : `u.end${k - 1}`};
    let stride = (u.end${k} - begin) * ${THREADS};
    for (var i = (group - begin) * ${THREADS} + i32(lane); i < u.size${k}; i += stride) {
      let v = u.momentum${k} * velocity${k}[i] + (gradient${k}[i] + u.weightDecay${k} * weight${k}[i]);
      velocity${k}[i] = v;
      weight${k}[i] = weight${k}[i] - u.learningRate${k} * v;
    }
  }`;
