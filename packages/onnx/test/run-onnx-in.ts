import type { Values } from '@fbsd/testing';
import type { Tensor as OnnxTensor, InferenceSession as Session } from 'onnxruntime-web/wasm';

/** What both runtimes offer, which declare it apart. */
export interface Runtime {
  InferenceSession: typeof Session;
  Tensor: typeof OnnxTensor;
}

/** What a file takes and gives. */
export interface Ran {
  inputs: readonly string[];
  outputs: Readonly<Record<string, Values>>;
}

/** Runs a file on inputs in their order; those of bytes as bytes. */
export async function runOnnxIn(
  { InferenceSession, Tensor }: Runtime,
  file: Uint8Array,
  inputs: readonly (Values & { data: ArrayLike<number> })[],
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
