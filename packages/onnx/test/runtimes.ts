import type { Values } from '@fbsd/testing';
import * as node from 'onnxruntime-node';
import { type Ran, type Runtime, runOnnxIn } from './run-onnx-in.ts';
import { web } from './web-runtime.ts';

/** The runtimes that files are tried in. */
export const RUNTIMES: Readonly<Record<'node' | 'web', Runtime>> = { node, web };

/** Runs a file in the runtime for Node, unless another one is given. */
export function runOnnx(
  file: Uint8Array,
  inputs: readonly (Values & { data: ArrayLike<number> })[],
  runtime: Runtime = node,
): Promise<Ran> {
  return runOnnxIn(runtime, file, inputs);
}
