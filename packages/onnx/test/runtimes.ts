import type { Values } from '@fbsd/testing';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web/wasm';

/** What both runtimes offer, which declare it apart. */
export type Runtime = Pick<typeof node, 'InferenceSession' | 'Tensor'>;

/** The runtimes that files are tried in. */
export const RUNTIMES: Readonly<Record<'node' | 'web', Runtime>> = {
  node,
  web: web as unknown as Runtime,
};
web.env.wasm.numThreads = 1; // its threads would outlive the test

/** What a file takes and gives. */
export interface Ran {
  inputs: readonly string[];
  outputs: Readonly<Record<string, Values>>;
}

/** Runs a file on inputs in their order; those of bytes as bytes. */
export async function runOnnx(
  file: Uint8Array,
  inputs: readonly (Values & { data: ArrayLike<number> })[],
  { InferenceSession, Tensor }: Runtime = node,
): Promise<Ran> {
  const session = await InferenceSession.create(file);
  try {
    const feeds = session.inputNames.map((name, i) => {
      const { shape, data } = inputs[i] as Values;
      const values = data instanceof Uint8Array ? data : Float32Array.from(data);
      const type = data instanceof Uint8Array ? 'uint8' : 'float32';
      return [name, new Tensor(type as 'float32', values as Float32Array, shape)] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    const outputs = Object.entries(results).map(([name, { dims, data }]) => [
      name,
      { shape: dims, data: data as Float32Array },
    ]);
    return { inputs: session.inputNames, outputs: Object.fromEntries(outputs) };
  } finally {
    await session.release();
  }
}
