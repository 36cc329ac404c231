import {
  type GradConfig,
  getGradient,
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerGradient,
  registerKernel,
  unregisterGradient,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** A kernel that is put in the place of a backend's own, or where it has none. */
export interface Replacement {
  readonly kernelName: string;
  /** Makes the new kernel; `stock` is the backend's own, which throws where there is none. */
  create(stock: KernelFunc): KernelFunc;
}

export interface Replacements {
  readonly kernels: readonly Replacement[];
  /** Gradients, which tfjs has once for all backends. */
  readonly gradients?: readonly GradConfig[];
  /** Changes the backend itself and returns what changes it back. */
  readonly change?: () => () => void;
}

export interface Installation {
  readonly kernels: readonly string[];
  /** Puts back what was there before. */
  restore(): void;
}

/** Registers replacements for a backend and remembers what they replace. */
export function install(
  backendName: string,
  { kernels, gradients = [], change }: Replacements,
): Installation {
  const undo = [
    ...kernels.map((replacement) => replaceKernel(backendName, replacement)),
    ...gradients.map(replaceGradient),
    ...(change ? [change()] : []),
  ];
  return {
    kernels: kernels.map(({ kernelName }) => kernelName),
    restore() {
      for (const step of undo) step();
    },
  };
}

function replaceKernel(backendName: string, { kernelName, create }: Replacement): () => void {
  const stock = getKernel(kernelName, backendName);
  const remove = () => {
    if (getKernel(kernelName, backendName)) unregisterKernel(kernelName, backendName);
  };
  const put = (config: KernelConfig) => {
    remove(); // or tfjs warns of a kernel that is there already
    registerKernel(config);
  };
  // A replacement keeps the stock kernel's set-up: it may call it, and it is put back later.
  const kernelFunc = create(stock?.kernelFunc ?? missing(kernelName, backendName));
  put({ ...stock, kernelName, backendName, kernelFunc });
  return () => (stock ? put(stock) : remove());
}

function replaceGradient(config: GradConfig): () => void {
  const stock = getGradient(config.kernelName);
  registerGradient(config);
  return () => (stock ? registerGradient(stock) : unregisterGradient(config.kernelName));
}

function missing(kernelName: string, backendName: string): KernelFunc {
  return () => {
    throw new Error(
      `[@fbsd/kernels] backend ${backendName} has no kernel ${kernelName} of its own.`,
    );
  };
}
