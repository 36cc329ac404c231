import { dispose, io, memory, randomNormal, type Tensor, tidy } from '@tensorflow/tfjs-core';
import {
  input,
  type layers,
  loadLayersModel,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { expectClose } from './expect-close.ts';

type Layer = InstanceType<typeof layers.Layer>;

/**
 * What every layer owes tfjs, checked on a model of just this layer: the symbolic shapes equal the
 * real ones, saving and loading gives the same outputs, and neither leaves a tensor behind.
 *
 * @param create makes a new layer
 * @param inputShapes shape of each input without the batch
 */
export async function checkLayer(
  create: () => Layer,
  inputShapes: readonly (readonly number[])[],
): Promise<void> {
  const inputs = inputShapes.map((shape) => input({ shape: [...shape] }));
  const outputs = create().apply(inputs.length === 1 ? (inputs[0] as SymbolicTensor) : inputs);
  const original = model({ inputs, outputs: outputs as SymbolicTensor | SymbolicTensor[] });
  const batch = inputShapes.map((shape, i) => randomNormal([2, ...shape], 0, 1, 'float32', i + 1));
  const run = (m: typeof original) =>
    list(m.predict(batch.length === 1 ? (batch[0] as Tensor) : batch));

  const before = run(original);
  list(outputs as SymbolicTensor | SymbolicTensor[]).forEach((symbolic, i) => {
    expect(before[i]?.shape.slice(1)).toEqual(symbolic.shape.slice(1));
  });

  let saved: io.ModelArtifacts | undefined;
  await original.save(
    io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  const restored = await loadLayersModel(io.fromMemory(saved as io.ModelArtifacts));
  const after = run(restored);
  before.forEach((expected, i) => {
    expectClose(after[i] as Tensor, expected, { rtol: 1e-6 });
  });
  dispose([before, after]);

  const count = memory().numTensors;
  tidy(() => {
    run(original);
  });
  expect(memory().numTensors).toBe(count);
  dispose(batch);
  restored.dispose();
  original.dispose();
}

function list<T>(x: T | T[]): T[] {
  return Array.isArray(x) ? x : [x];
}
