import { seedsFrom } from '@fbsd/backbones';
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

/** Expansion, channels, blocks and stride of each stage: table 2 of arXiv 1801.04381. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;
const LAST_CHANNELS = 1280;

/**
 * MobileNetV2 without its classifier (Sandler et al., arXiv 1801.04381), its layers named as Keras
 * names them, so that taps fit either.
 *
 * Input: images [B,S,S,3] in [−1, 1]. Output: [B,S/32,S/32,lastChannels].
 *
 * The moving statistics of its batch norms follow with momentum 0.9 instead of Keras's 0.999, which
 * takes thousands of steps to get anywhere from random weights.
 *
 * @param args.width factor on the channels
 * @param args.seed decides the initial weights
 */
export function mobileNetV2(args: {
  imageSize: number;
  width: number;
  seed: number;
  /** Most blocks of a stage. @default as published, up to 4 */
  blocks?: number;
  /** @default 1280, whatever the width, as published */
  lastChannels?: number;
}): LayersModel {
  const { imageSize, width, blocks: most = 4, lastChannels = LAST_CHANNELS } = args;
  const seeds = seedsFrom(args.seed);
  const initializer = () =>
    initializers.varianceScaling({
      scale: 2,
      mode: 'fanOut',
      distribution: 'normal',
      seed: seeds() as number,
    });
  const apply = (layer: InstanceType<typeof layers.Layer>, x: SymbolicTensor) =>
    layer.apply(x) as SymbolicTensor;
  const norm = (name: string, x: SymbolicTensor) =>
    apply(layers.batchNormalization({ name, momentum: 0.9, epsilon: 1e-3 }), x);
  const relu6 = (name: string, x: SymbolicTensor) => apply(layers.reLU({ name, maxValue: 6 }), x);
  const convolution = (name: string, filters: number, x: SymbolicTensor, size = 1, strides = 1) => {
    const shape = { filters, kernelSize: size, strides, padding: 'same', useBias: false } as const;
    return apply(layers.conv2d({ name, ...shape, kernelInitializer: initializer() }), x);
  };

  /** Expand, filter each channel, project: added to its input where the shapes agree. */
  const block = (
    id: string,
    x: SymbolicTensor,
    expansion: number,
    filters: number,
    strides: number,
  ) => {
    const channels = x.shape[3] as number;
    let y = x;
    if (expansion > 1) {
      y = convolution(`${id}_expand`, expansion * channels, y);
      y = relu6(`${id}_expand_relu`, norm(`${id}_expand_BN`, y));
    }
    const depthwise = layers.depthwiseConv2d({
      name: `${id}_depthwise`,
      kernelSize: 3,
      strides,
      padding: 'same',
      useBias: false,
      // He's √(2 / fan) of 9 weights; tfjs would count the channels too.
      depthwiseInitializer: initializers.randomNormal({
        stddev: Math.sqrt(2 / 9),
        seed: seeds() as number,
      }),
    });
    y = relu6(`${id}_depthwise_relu`, norm(`${id}_depthwise_BN`, apply(depthwise, y)));
    y = norm(`${id}_project_BN`, convolution(`${id}_project`, filters, y));
    const isResidual = strides === 1 && channels === filters;
    return isResidual ? (layers.add({ name: `${id}_add` }).apply([x, y]) as SymbolicTensor) : y;
  };

  const images = input({ name: 'input_1', shape: [imageSize, imageSize, 3] });
  let x = convolution('Conv1', multipleOf8(32 * width), images, 3, 2);
  x = relu6('Conv1_relu', norm('bn_Conv1', x));
  let index = 0;
  for (const [expansion, channels, blocks, strides] of STAGES) {
    for (let i = 0; i < Math.min(blocks, most); i++, index++) {
      const id = index === 0 ? 'expanded_conv' : `block_${index}`;
      x = block(id, x, expansion, multipleOf8(channels * width), i === 0 ? strides : 1);
    }
  }
  x = relu6('out_relu', norm('Conv_1_bn', convolution('Conv_1', lastChannels, x)));
  return model({ name: 'mobilenet_v2', inputs: images, outputs: x });
}

/** The nearest multiple of 8, at least 8 and at least 90% of `channels`. */
function multipleOf8(channels: number): number {
  const rounded = Math.max(8, 8 * Math.floor((channels + 4) / 8));
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
