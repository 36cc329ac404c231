import { registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/**
 * Puts kernels in the place of those of the same names.
 *
 * @param {readonly import('@tensorflow/tfjs-core').KernelConfig[]} configs
 */
export function replaceKernels(configs) {
  for (const config of configs) {
    unregisterKernel(config.kernelName, config.backendName); // or tfjs warns of a kernel that is there
    registerKernel(config);
  }
}
