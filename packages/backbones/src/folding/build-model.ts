import { serialization } from '@tensorflow/tfjs-core';
import {
  model as functional,
  type LayersModel,
  type layers,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { Connection, GraphConfig, LayerConfig, Port } from './graph-config.ts';

type Layer = layers.Layer;
/** One application of a layer: where its inputs come from. */
type Application = { layer: LayerConfig; inputs: Connection[] };

/**
 * The functional model of a configuration, as tfjs's own `fromConfig` makes it, but layer by layer.
 *
 * @param onBuilt is shown each layer as soon as it has weights, which are zeros: to set them before others are made
 */
export function buildModel(config: GraphConfig, onBuilt: (layer: Layer) => void): LayersModel {
  const made = new Map(config.layers.map((layer) => [layer.name, layerOf(layer)]));
  const outputOf = ([name, node, tensor]: Port | Connection): SymbolicTensor | undefined =>
    made.get(name)?.inboundNodes[node]?.outputTensors[tensor];
  let waiting: Application[] = config.layers.flatMap((layer) =>
    layer.inboundNodes.map((inputs) => ({ layer, inputs })),
  );
  const built = new Set<Layer>();
  // Of a model's layers there is always one whose inputs are made.
  while (waiting.length > 0) {
    const left: Application[] = [];
    for (const application of waiting) {
      const { layer, inputs } = application;
      const tensors = inputs.map(outputOf);
      // Its applications are numbered in their order.
      if (tensors.includes(undefined) || left.some((other) => other.layer === layer)) {
        left.push(application);
        continue;
      }
      const own = made.get(layer.name) as Layer;
      const [only, ...others] = tensors as SymbolicTensor[];
      own.apply(
        others.length > 0 ? (tensors as SymbolicTensor[]) : (only as SymbolicTensor),
        inputs[0]?.[3] ?? {},
      );
      if (!built.has(own)) onBuilt(own);
      built.add(own);
    }
    waiting = left;
  }
  const tensorsAt = (ports: readonly Port[]) => ports.map(outputOf) as SymbolicTensor[];
  const { name, inputLayers, outputLayers } = config;
  return functional({ name, inputs: tensorsAt(inputLayers), outputs: tensorsAt(outputLayers) });
}

/** A layer of its configuration. Its weights will be zeros first: nothing is drawn at random. */
function layerOf({ className, config, name }: LayerConfig): Layer {
  const known = serialization.SerializationMap.getMap().classNameMap[className];
  if (!known) {
    throw new Error(
      `[@fbsd/backbones] foldBatchNorms: the class ${className} of layer ${name} is not known. Call tf.serialization.registerClass(${className}) first.`,
    );
  }
  const [type, fromConfig] = known as unknown as [unknown, FromConfig];
  const layer = fromConfig(type, config, {}, true);
  layer.setFastWeightInitDuringBuild(true);
  return layer;
}

/** As tfjs calls it: its types leave out what models take. */
type FromConfig = (
  type: unknown,
  config: LayerConfig['config'],
  customObjects: object,
  fastWeightInit: boolean,
) => Layer;
