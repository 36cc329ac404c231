import { add, dispose, mul, sub, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import { tryFusedKernel } from '../registry/run-fused-kernel.ts';

const DEFAULTS = { momentum: 0, weightDecay: 0 } as const;

/** Options of {@link sgdStep}. */
export interface SgdOptions {
  /** Factor of the step. */
  learningRate: number;
  /** How much of the velocity is kept from step to step. @default 0 */
  momentum?: number;
  /** Factor of the L2 penalty's gradient. @default 0 */
  weightDecay?: number;
}

/** A weight that {@link sgdStep} moves; options of its own take precedence over those of the step. */
export interface SgdParameter extends Partial<SgdOptions> {
  /** The weight, float32. */
  weight: Variable;
  /** The running sum of its gradients, decayed by the momentum at every step: zeros at the start. */
  velocity: Variable;
  /** The gradient of the loss. */
  gradient: Tensor;
}

type Complete = Required<SgdParameter>;

/**
 * One step of stochastic gradient descent as PyTorch defines it, for each parameter:
 *
 * v ← momentum·v + gradient + weightDecay·w;  w ← w − learningRate·v
 *
 * Weights and velocities are variables, which are given their new values; gradients are left as they
 * are. The three are float32 of one shape. The step itself carries no gradient.
 *
 * ```ts
 * const velocity = variable(zerosLike(weight), false);
 * sgdStep([{ weight, velocity, gradient }], { learningRate: 0.002, momentum: 0.9, weightDecay: 5e-4 });
 * ```
 *
 * Give it all parameters of a model at once. On wasm, native kernels and WebGPU their memory is reused where nothing else
 * shares it; on WebGPU one dispatch moves as many as the GPU binds buffers.
 *
 * @param parameters each variable in it once
 * @param options for all parameters without options of their own
 * @throws TypeError if shapes differ, or a variable is there twice; nothing is moved then
 */
export function sgdStep(parameters: readonly SgdParameter[], options: SgdOptions): void {
  check(parameters);
  const complete = parameters.map((parameter) => withOptions(parameter, options));
  if (moveTogether(complete)) return;
  for (const parameter of complete) {
    tidy(() => {
      const [weight, velocity] = moved(parameter);
      parameter.weight.assign(weight);
      parameter.velocity.assign(velocity);
    });
  }
}

function check(parameters: readonly SgdParameter[]): void {
  const variables = new Set<Variable>();
  for (const { weight, velocity, gradient } of parameters) {
    for (const [name, { shape }] of Object.entries({ velocity, gradient })) {
      if (shape.join() !== weight.shape.join()) {
        throw new TypeError(
          `[@fbsd/kernels] sgdStep: ${name} must have the shape of the weight '${weight.name}', [${weight.shape}]; got [${shape}].`,
        );
      }
    }
    for (const variable of [weight, velocity]) {
      if (variables.has(variable)) {
        throw new TypeError(
          `[@fbsd/kernels] sgdStep: the variable '${variable.name}' is there twice. Add its gradients, and give each weight a velocity of its own.`,
        );
      }
      variables.add(variable);
    }
  }
}

/** Without the spread operator, which takes its time for hundreds of parameters. */
function withOptions(
  { weight, velocity, gradient, learningRate, momentum, weightDecay }: SgdParameter,
  options: SgdOptions,
): Complete {
  return {
    weight,
    velocity,
    gradient,
    learningRate: learningRate ?? options.learningRate,
    momentum: momentum ?? options.momentum ?? DEFAULTS.momentum,
    weightDecay: weightDecay ?? options.weightDecay ?? DEFAULTS.weightDecay,
  };
}

/** Moves all parameters by one kernel, if the backend has one for that. */
function moveTogether(parameters: readonly Complete[]): boolean {
  const tensors: Tensor[] = [];
  const options: Pick<Complete, 'learningRate' | 'momentum' | 'weightDecay'>[] = [];
  for (const { weight, velocity, gradient, learningRate, momentum, weightDecay } of parameters) {
    tensors.push(weight, velocity, gradient);
    options.push({ learningRate, momentum, weightDecay });
  }
  const next = tryFusedKernel('FbsdMultiTensorSgd', tensors, { options });
  if (!next) return false;
  for (const [i, { weight, velocity }] of parameters.entries()) {
    weight.assign(next[2 * i] as Tensor);
    velocity.assign(next[2 * i + 1] as Tensor);
  }
  dispose(next);
  return true;
}

/** The next weight and velocity of a parameter. */
function moved({
  weight,
  velocity,
  gradient,
  learningRate,
  momentum,
  weightDecay,
}: Complete): [Tensor, Tensor] {
  const fused = tryFusedKernel(
    'FbsdSgd',
    { weight, velocity, gradient },
    { learningRate, momentum, weightDecay },
  );
  if (fused) return fused;
  const decayed = weightDecay === 0 ? gradient : add(gradient, mul(weight, weightDecay));
  const next = add(mul(velocity, momentum), decayed);
  return [sub(weight, mul(next, learningRate)), next];
}
