import type { Fold } from './find-folds.ts';
import type { Connection, GraphConfig, LayerConfig, Port } from './graph-config.ts';

/**
 * The graph with the folded batch norms taken out. A layer takes over the activation of its norm; of a
 * norm that added a residual the addition stays, under its name, and the activation after it.
 *
 * @param residuals whether a convolution takes over the addition, too
 */
export function withoutNorms<G extends GraphConfig>(
  graph: G,
  folds: readonly Fold[],
  residuals: boolean,
): G {
  const takesOver = ({ source, norm }: Fold) =>
    residuals && hasResidual(norm) && source.className === 'Conv2D';
  /** What stands where a layer stood. */
  const replaced = new Map<string, LayerConfig[]>();
  for (const fold of folds) {
    const { source, norm } = fold;
    const last = takesOver(fold) ? [withResidual(source, norm)] : remainder(norm);
    replaced.set(norm.name, last);
    replaced.set(source.name, takesOver(fold) ? [] : [withNorm(source, norm)]);
  }
  const places = new Map(
    folds.map(({ source, norm }) => [
      norm.name,
      replaced.get(norm.name)?.at(-1)?.name ?? source.name,
    ]),
  );
  /** Whoever read a norm reads what stands in its place. */
  const moved = <P extends Port | Connection>([layer, ...rest]: P) =>
    [places.get(layer) ?? layer, ...rest] as P;
  const layers = graph.layers.flatMap((layer) => {
    const [first, ...others] = replaced.get(layer.name) ?? [layer];
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

/** The convolution, with the norm's residual as its second input. It stands where the norm stood, behind both. */
function withResidual(source: LayerConfig, norm: LayerConfig): LayerConfig {
  const inputs = [source.inboundNodes[0]?.[0], norm.inboundNodes[0]?.[1]] as Connection[];
  const config = { ...source.config, activation: activationOf(norm) };
  return { name: source.name, className: 'FbsdResidualConv2D', config, inboundNodes: [inputs] };
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
