import type { Value } from '../graph.ts';
import { normalized, normWeights } from './normalization.ts';
import { type Converter, elementwise, requiredWeight, type Use } from './use.ts';

/** A layer of a DenseNet: norm, ReLU, 1×1 convolution, norm, ReLU, 3×3 convolution of all maps before it. */
export const denseLayer: Converter = (use) => {
  const { graph, path, inputs } = use;
  const [batch, height, width] = inputs[0].shape as [number | null, number | null, number | null];
  const maps = inputs.map((input) => graph.channelsFirst(input));
  const channels = maps.reduce((sum, { shape }) => sum + (shape[3] as number), 0);
  const all =
    maps.length === 1
      ? (maps[0] as Value)
      : graph.operation(`${path}/maps`, 'Concat', maps, {
          attributes: { axis: { int: 1 } },
          shape: [batch, height, width, channels],
          channelsFirst: true,
        });
  return [1, 2].reduce((x, number) => normalizedAndConvolved(use, x, number), all);
};

function normalizedAndConvolved(use: Use, x: Value, number: number): Value {
  const { graph, path, config } = use;
  const within = { graph, path: `${path}/norm${number}` };
  const norm = normalized(
    within,
    x,
    normWeights(use, `norm${number}/`),
    config['epsilon'] as number,
  );
  const active = elementwise(within, 'Relu', [norm]);
  const kernel = requiredWeight(use, `conv${number}/kernel`);
  const [size, , , filters] = kernel.shape as [number, number, number, number];
  const weight = graph.weight(`${path}/conv${number}/kernel`, kernel, [3, 2, 0, 1]);
  const border = size >> 1;
  const [batch = null, height = null, width = null] = x.shape;
  return graph.operation(number === 2 ? path : `${path}/conv${number}`, 'Conv', [active, weight], {
    attributes: { pads: { ints: [border, border, border, border] } },
    shape: [batch, height, width, filters],
    channelsFirst: true,
  });
}
