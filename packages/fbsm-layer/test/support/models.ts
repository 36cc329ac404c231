import { readFileSync } from 'node:fs';
import { io, randomNormal, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';

/** A model from a topology that Keras wrote (tools/keras-topologies), with weights drawn from seeds. */
export function kerasModel(name: string): Promise<LayersModel> {
  const file = new URL(`../fixtures/${name}.json`, import.meta.url);
  let seed = 1;
  const modelTopology = JSON.parse(readFileSync(file, 'utf8'), (key, value) =>
    /(kernel|depthwise)_initializer/.test(key)
      ? { ...value, config: { ...value.config, seed: seed++ } }
      : value,
  );
  return loadLayersModel(io.fromMemory({ modelTopology } as io.ModelArtifacts));
}

/** The model as a program has it that loads what another one saved. */
export async function reloaded(model: LayersModel): Promise<LayersModel> {
  let saved: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  return loadLayersModel(io.fromMemory(saved as io.ModelArtifacts));
}

/** Random values for every input of a model, by the name of the input. */
export function randomInputs(model: LayersModel, seed: number): Map<string, Tensor> {
  return new Map(
    model.inputs.map(({ shape, sourceLayer }, i) => {
      const values = randomNormal([2, ...shape.slice(1)] as number[], 0, 1, 'float32', seed + i);
      return [sourceLayer.name, values];
    }),
  );
}

export function predict(model: LayersModel, inputs: ReadonlyMap<string, Tensor>): Tensor[] {
  const given = model.inputs.map(({ sourceLayer }) => inputs.get(sourceLayer.name) as Tensor);
  return [model.predict(given.length === 1 ? (given[0] as Tensor) : given)].flat();
}

/** Gives every batch norm the statistics of `inputs`, so that no map fades to nothing or explodes. */
export function settle(model: LayersModel, inputs: Tensor): void {
  for (const layer of model.layers) {
    if ('momentum' in layer) layer.momentum = 0;
    if (layer.getClassName() === 'Dropout') Object.assign(layer, { rate: 0 }); // nothing by chance
  }
  tidy(() => model.apply(inputs, { training: true }) as Tensor);
}
