import { activationLayers } from './activations.ts';
import { convolutionLayers } from './convolutions.ts';
import { denseLayer } from './dense-layer.ts';
import { fbsm } from './fbsm.ts';
import { fdm } from './fdm.ts';
import { normalizationLayers } from './normalization.ts';
import { poolingLayers } from './pooling.ts';
import { shapeLayers } from './shapes.ts';
import { topKPool } from './topk-pool.ts';
import { type Converter, UnsupportedLayerError, type Use } from './use.ts';

/** All layers that can be written, by class name. */
const CONVERTERS: Readonly<Record<string, Converter>> = {
  ...activationLayers,
  ...convolutionLayers,
  ...normalizationLayers,
  ...poolingLayers,
  ...shapeLayers,
  FbsdDenseLayer: denseLayer,
  FbsdFBSM: fbsm,
  FbsdFDM: fdm,
  FbsdTopKPool: topKPool,
};

/** The way to write a layer into a graph. @throws UnsupportedLayerError that names it, when there is none */
export function converterOf(use: Pick<Use, 'path' | 'layer'>): Converter {
  const converter = CONVERTERS[use.layer.getClassName()];
  if (converter) return converter;
  const known = Object.keys(CONVERTERS).filter((name) => !name.startsWith('Fbsd'));
  throw new UnsupportedLayerError(
    use,
    `cannot be written as ONNX. Layers that can, besides FBSD's: ${known.join(', ')}. Export a part of the model without it.`,
  );
}
