import { serialization } from '@tensorflow/tfjs-core';
import { input, LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Call, Layer, Value } from './graph.ts';

/**
 * Applies the layers of a graph anew, in their order, to the inputs of the original.
 *
 * @param calls what to apply: see `callsFor`
 * @param options.copy whether to take copies of the layers, inputs included, with the same names and
 *   values. Otherwise the layers themselves get another use
 * @param options.between returns what later layers see in place of a value
 * @returns `tensors`: the tensor for every value, as later layers see it; `sources`: for the inputs
 *   of the graph also the tensor itself
 */
export function replay(
  calls: readonly Call[],
  {
    copy,
    between,
  }: { copy: boolean; between: (value: Value, tensor: SymbolicTensor) => SymbolicTensor },
): { tensors: Map<Value, SymbolicTensor>; sources: Map<Value, SymbolicTensor> } {
  const tensors = new Map<Value, SymbolicTensor>();
  const sources = new Map<Value, SymbolicTensor>();
  const copies = new Map<Layer, Layer>();
  for (const { layer, inputs, outputs, kwargs } of calls) {
    const given = inputs.map((value) => tensors.get(value) as SymbolicTensor);
    const isSource = given.length === 0;
    const results = isSource ? [source(layer, copy)] : applyTo(given, layer, kwargs);
    outputs.forEach((value, i) => {
      const tensor = results[i] as SymbolicTensor;
      if (isSource) sources.set(value, tensor);
      tensors.set(value, between(value, tensor));
    });
  }
  return { tensors, sources };

  function applyTo(given: SymbolicTensor[], layer: Layer, kwargs: Call['kwargs']) {
    const known = copies.get(layer);
    const applied = copy ? (known ?? copyOf(layer)) : layer;
    const result = applied.apply(given.length === 1 ? (given[0] as SymbolicTensor) : given, kwargs);
    if (copy && !known) {
      copies.set(layer, applied);
      copyWeights(layer, applied);
    }
    if (!copy && layer instanceof LayersModel) countUse(layer);
    return [result].flat() as SymbolicTensor[];
  }
}

function source(layer: Layer, copy: boolean): SymbolicTensor {
  const { name, batchInputShape, dtype } = layer;
  if (!copy) return layer.inboundNodes[0]?.outputTensors[0] as SymbolicTensor;
  return input({ name, batchShape: batchInputShape, dtype });
}

/** @throws Error if the class of the layer is not registered */
function copyOf(layer: Layer): Layer {
  const className = layer.getClassName();
  const entry = serialization.SerializationMap.getMap().classNameMap[className];
  if (!entry) {
    throw new Error(
      `[@fbsd/fbsm] insertFBSM: cannot copy layer '${layer.name}', whose class '${className}' is ` +
        'unknown to tfjs. Register it with tf.serialization.registerClass, or leave out copy.',
    );
  }
  const [cls, fromConfig] = entry;
  return fromConfig(cls, layer.getConfig()) as Layer;
}

function copyWeights(from: Layer, to: Layer): void {
  to.setWeights(from.getWeights());
  from.weights.forEach(({ trainable }, i) => {
    const weight = to.weights[i];
    if (weight) weight.trainable = trainable;
  });
}

/**
 * `model.dispose()` counts down twice for each nested model, for its use and for its making. Here it
 * is used in a second model but was made once.
 */
function countUse(nested: LayersModel): void {
  (nested as unknown as { _refCount: number })._refCount++;
}
