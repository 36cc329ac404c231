import { attachFBSD } from '@fbsd/fbsd';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

const head = { classes: 2, convWidths: [8, 12], hiddenUnits: 6, seed: 1 } as const;

/** FBSD on a small network of six convolutions, with so many levels, for pictures of 32 × 32 pixels. */
export function levelsModel(levels: number): LayersModel {
  const net = sequential({ name: 'net' });
  for (let i = 0; i < 6; i++) {
    const strides = i < 2 ? 2 : 1;
    const shape = i === 0 && { inputShape: [32, 32, 3] };
    const kernelInitializer = initializers.glorotUniform({ seed: i + 1 });
    const convolution = {
      filters: 6,
      kernelSize: 3,
      padding: 'same',
      strides,
      kernelInitializer,
    } as const;
    net.add(layers.conv2d({ name: `conv${i}`, ...convolution, ...shape }));
  }
  const taps = Array.from({ length: levels }, (_, i) => ({
    after: `conv${6 - levels + i}`,
    parts: 2,
  }));
  return attachFBSD(net, { taps, ...head });
}
