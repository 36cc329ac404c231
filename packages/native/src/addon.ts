/** Instruction sets that the kernels are compiled for. */
export type Instructions = 'AVX512' | 'AVX2' | 'NEON' | 'AMX_BF16' | 'AVX512_BF16';

/** What `describe` tells of one function. */
interface AddonFunction {
  readonly name: string;
  readonly parameters: number;
  /** Whether it computes; else it tells a size. */
  readonly computes: boolean;
}

/** A library of kernels with threads to run it on. */
declare const engine: unique symbol;
export type Engine = { readonly [engine]: true };

/** What cpp/addon.cpp exports. It checks nothing: a wrong argument ends the process. */
export interface Addon {
  /** The instruction sets that this CPU has, the fastest first: those that round to bfloat16, or the others. */
  instructions(bfloat16: boolean): Instructions[];
  start(instructions: Instructions, threads: number): Engine;
  describe(engine: Engine): {
    readonly functions: readonly AddonFunction[];
    readonly constants: Readonly<Record<string, number>>;
  };
  size(engine: Engine, index: number, args: Float64Array): number;
  run(engine: Engine, index: number, heap: Uint8Array, args: Float64Array, calls: number): void;
}
