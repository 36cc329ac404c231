import type { Fold } from './find-folds.ts';
import type { Connection, GraphConfig, LayerConfig, Port } from './graph-config.ts';

/**
 * The graph with the folded batch norms taken out. A layer takes over the activation of its norm; of a
 * norm that added a residual the addition stays, under its name, and the activation after it.
 */
export function withoutNorms<G extends GraphConfig>(graph: G, folds: readonly Fold[]): G {
  const sources = new Map(folds.map(({ source, norm }) => [source.name, withNorm(source, norm)]));
  const remainders = new Map(folds.map(({ norm }) => [norm.name, remainder(norm)]));
  const places = new Map(
    folds.map(({ source, norm }) => [norm.name, remainder(norm).at(-1)?.name ?? source.name]),
  );
  /** Whoever read a norm reads what stands in its place. */
  const moved = <P extends Port | Connection>([layer, ...rest]: P) =>
    [places.get(layer) ?? layer, ...rest] as P;
  const layers = graph.layers.flatMap((layer) => {
    const [first, ...others] = remainders.get(layer.name) ?? [sources.get(layer.name) ?? layer];
    if (!first) return [];
    return [
      { ...first, inboundNodes: first.inboundNodes.map((node) => node.map(moved)) },
      ...others,
    ];
  });
  return { ...graph, layers, outputLayers: graph.outputLayers.map(moved) };
}

function withNorm(source: LayerConfig, norm: LayerConfig): LayerConfig {
  const activation = hasResidual(norm) ? 'linear' : activationOf(norm);
  return { ...source, config: { ...source.config, useBias: true, activation } };
}

/** The layers for those operations of a batch norm that no convolution takes over: its residual, and the activation after that. */
function remainder(norm: LayerConfig): LayerConfig[] {
  if (!hasResidual(norm)) return [];
  const { name, inboundNodes } = norm;
  const sum = { name, className: 'Add', config: { name }, inboundNodes };
  const activation = activationOf(norm);
  if (activation === 'linear') return [sum];
  const last = `${name}.${activation}`;
  const inbound: Connection[][] = [[[name, 0, 0, {}]]];
  const config = { name: last, activation };
  return [sum, { name: last, className: 'Activation', config, inboundNodes: inbound }];
}

function hasResidual({ inboundNodes }: LayerConfig): boolean {
  return inboundNodes[0]?.length === 2;
}

/** tfjs's own batch norm has none. */
function activationOf({ config }: LayerConfig): string {
  return (config['activation'] as string | undefined) ?? 'linear';
}
