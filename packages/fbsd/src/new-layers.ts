import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { checkModel } from './check-model.ts';

/** Where tfjs keeps the record: it is saved and loaded with the model, in its `userDefinedMetadata`. */
const KEY = 'fbsdNewLayers';

/**
 * Records in a model which of its layers are new, that is not the backbone's: they learn at a rate of
 * their own, and a backbone's weights are not for them. `fbsd` and `attachFBSD` do it themselves.
 *
 * @throws RangeError for a name that is no layer of the model
 */
export function markNewLayers(model: LayersModel, names: Iterable<string>): void {
  checkModel('[@fbsd/fbsd] markNewLayers', model);
  const known = new Set(model.layers.map(({ name }) => name));
  const marked = [...new Set(names)];
  const unknown = marked.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new RangeError(
      `[@fbsd/fbsd] markNewLayers: '${model.name}' has no layer ${unknown.join(', ')}. Give names of model.layers.`,
    );
  }
  model.setUserDefinedMetadata({ ...model.getUserDefinedMetadata(), [KEY]: marked });
}

/**
 * The names of the weights that belong to new layers, such as `fbsm1/kernel`; undefined for a model in
 * which nobody has recorded that.
 */
export function newWeightNames(model: LayersModel): ReadonlySet<string> | undefined {
  checkModel('[@fbsd/fbsd] newWeightNames', model);
  const record = model.getUserDefinedMetadata() as { [KEY]?: readonly string[] } | undefined;
  const marked = record?.[KEY];
  if (!marked) return undefined;
  const names = new Set(marked);
  const layers = model.layers.filter(({ name }) => names.has(name));
  return new Set(layers.flatMap(({ weights }) => weights.map((weight) => weight.originalName)));
}

/** The layers from the FBSMs that make `boosted` maps to the `outputs` of the head on them. */
export function layersOfHead(
  outputs: readonly SymbolicTensor[],
  boosted: readonly SymbolicTensor[],
): string[] {
  const names = new Set<string>();
  const visited = new Set<SymbolicTensor>();
  const visit = (tensor: SymbolicTensor): void => {
    if (visited.has(tensor)) return;
    visited.add(tensor);
    names.add(tensor.sourceLayer.name);
    if (!boosted.includes(tensor)) tensor.inputs.forEach(visit);
  };
  outputs.forEach(visit);
  return [...names];
}
