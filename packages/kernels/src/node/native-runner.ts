import type { NativeKernels } from '@fbsd/native';
import type { Runner } from '../backends/wasm/module.ts';
import type { Sizes } from '../backends/wasm/sizes.ts';

/** Runs the kernels of @fbsd/native, which have the names and the arguments of our module's, on its heap. */
export function nativeRunner(kernels: NativeKernels, memory: WebAssembly.Memory): Runner {
  return {
    threads: kernels.threads,
    sizes: kernels.sizes as unknown as Sizes,
    run: (name, calls) => kernels.run(memory, name, calls),
  };
}
