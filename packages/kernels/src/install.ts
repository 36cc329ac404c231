import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** A kernel that is put in the place of a backend's own, or where it has none. */
export interface Replacement {
  readonly kernelName: string;
  /** Makes the new kernel; `stock` is the backend's own, which throws where there is none. */
  create(stock: KernelFunc): KernelFunc;
}

export interface Installation {
  readonly kernels: readonly string[];
  /** Puts back what was there before. */
  restore(): void;
}

/** Registers `replacements` for `backendName` and remembers what they replace. */
export function install(backendName: string, replacements: readonly Replacement[]): Installation {
  const replaced = replacements.map(({ kernelName, create }) => {
    const stock = getKernel(kernelName, backendName);
    // A replacement keeps the stock kernel's set-up: it may call it, and restore() brings it back.
    put({
      ...stock,
      kernelName,
      backendName,
      kernelFunc: create(stock?.kernelFunc ?? missing(kernelName, backendName)),
    });
    return { kernelName, stock };
  });
  return {
    kernels: replaced.map(({ kernelName }) => kernelName),
    restore() {
      for (const { kernelName, stock } of replaced) {
        if (stock) put(stock);
        else unregisterKernel(kernelName, backendName);
      }
    },
  };
}

/** Registers without tfjs's warning about a kernel that is there already. */
function put(config: KernelConfig): void {
  if (getKernel(config.kernelName, config.backendName)) {
    unregisterKernel(config.kernelName, config.backendName);
  }
  registerKernel(config);
}

function missing(kernelName: string, backendName: string): KernelFunc {
  return () => {
    throw new Error(
      `[@fbsd/kernels] backend ${backendName} has no kernel ${kernelName} of its own.`,
    );
  };
}
