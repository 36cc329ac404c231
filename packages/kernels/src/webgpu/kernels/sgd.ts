import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../install.ts';
import type { WebGPUBackend } from '../backend.ts';
import { elementwise } from '../elementwise.ts';
import { output } from '../program.ts';

/**
 * FbsdSgd: the next weight and velocity in one dispatch. One for each parameter: each has five buffers
 * of its own, of which a dispatch may be promised eight.
 */
export const sgd: Replacement = {
  kernelName: 'FbsdSgd',
  create: () => (args) => {
    const { weight, velocity, gradient } = args.inputs as Record<
      'weight' | 'velocity' | 'gradient',
      TensorInfo
    >;
    const { learningRate, momentum, weightDecay } = args.attrs as unknown as Record<
      'learningRate' | 'momentum' | 'weightDecay',
      number
    >;
    const backend = args.backend as WebGPUBackend;
    const [nextWeight, nextVelocity] = [
      output(backend, weight.shape),
      output(backend, weight.shape),
    ] as const;
    elementwise(backend, {
      name: 'FbsdSgd',
      reads: { weight, velocity, gradient },
      writes: { nextWeight, nextVelocity },
      floats: { learningRate, momentum, weightDecay },
      body: `
    let v = u.momentum * velocity[i] + (gradient[i] + u.weightDecay * weight[i]);
    nextVelocity[i] = v;
    nextWeight[i] = weight[i] - u.learningRate * v;`,
    });
    return [nextWeight, nextVelocity];
  },
};
