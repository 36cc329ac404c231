import type { GraphConfig, LayerConfig } from './graph-config.ts';

/** A batch norm, and the layer before it that can take its place. */
export interface Fold {
  source: LayerConfig;
  norm: LayerConfig;
}

/** Layers that multiply each output channel by weights of its own. */
const FOLDABLE = ['Conv2D', 'DepthwiseConv2D', 'Dense'];
const OURS = 'FbsdBatchNorm';
const STOCK = 'BatchNormalization';

/** The batch norms whose input only they read, from a layer that takes them into its weights. */
export function findFolds({ layers, outputLayers }: GraphConfig): Fold[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const readers = new Map<string, number>();
  const reads = [...layers.flatMap(({ inboundNodes }) => inboundNodes.flat()), ...outputLayers];
  for (const [name] of reads) readers.set(name, (readers.get(name) ?? 0) + 1);
  return layers.flatMap((norm) => {
    const source = byName.get(norm.inboundNodes[0]?.[0]?.[0] as string);
    const folds = source && isNorm(norm) && isFoldable(source) && readers.get(source.name) === 1;
    return folds ? [{ source, norm }] : [];
  });
}

function isNorm({ className, config, inboundNodes }: LayerConfig): boolean {
  if (inboundNodes.length !== 1) return false;
  // The last axis of a map is 3, [3] or -1, depending on who wrote the model.
  return className === OURS || (className === STOCK && ['3', '-1'].includes(`${config['axis']}`));
}

function isFoldable({ className, config, inboundNodes }: LayerConfig): boolean {
  return (
    FOLDABLE.includes(className) &&
    inboundNodes.length === 1 &&
    config['activation'] === 'linear' &&
    config['dataFormat'] !== 'channelsFirst'
  );
}
