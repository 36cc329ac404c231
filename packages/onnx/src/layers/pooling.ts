import { type Converter, onMaps, UnsupportedLayerError } from './use.ts';
import { pair, requireChannelsLast, windowAttributes } from './windows.ts';

/** An average is that of the values that are there: what `same` pads does not count, in tfjs and by ONNX's default. */
const pool =
  (op: string): Converter =>
  (use) => {
    requireChannelsLast(use);
    const size = pair(use.config['poolSize'], 2);
    const strides = use.config['strides'] == null ? size : pair(use.config['strides']);
    return onMaps(use, op, [], windowAttributes(use, { size, strides }));
  };

const globalPool =
  (op: string): Converter =>
  (use) => {
    requireChannelsLast(use);
    const { graph, path, inputs, shapes } = use;
    const [batch, , , channels] = inputs[0].shape as [number | null, unknown, unknown, number];
    const pooled = onMaps({ ...use, shapes: [[batch, 1, 1, channels]] }, op);
    return graph.operation(path, 'Flatten', [pooled], { shape: shapes[0] });
  };

const INTERPOLATIONS: Readonly<Record<string, string>> = { nearest: 'nearest', bilinear: 'linear' };

const upSampling: Converter = (use) => {
  requireChannelsLast(use);
  const mode = INTERPOLATIONS[String(use.config['interpolation'] ?? 'nearest')];
  if (!mode) {
    throw new UnsupportedLayerError(use, 'interpolates in another way than nearest or bilinear.');
  }
  const scales = use.graph.floats(
    `${use.path}/scales`,
    [4],
    [1, 1, ...pair(use.config['size'], 2)],
  );
  return onMaps(use, 'Resize', ['', scales], {
    mode: { text: mode },
    coordinate_transformation_mode: { text: 'asymmetric' },
    ...(mode === 'nearest' && { nearest_mode: { text: 'floor' } }),
  });
};

/** Layers that change the size of maps by a rule, by class name. */
export const poolingLayers: Readonly<Record<string, Converter>> = {
  MaxPooling2D: pool('MaxPool'),
  AveragePooling2D: pool('AveragePool'),
  GlobalMaxPooling2D: globalPool('GlobalMaxPool'),
  GlobalAveragePooling2D: globalPool('GlobalAveragePool'),
  UpSampling2D: upSampling,
};
