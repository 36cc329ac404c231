import { batchNorm, convolution, type Seeds } from '@fbsd/backbones';
import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Momentum of the conv blocks' batch norms; every other batch norm has PyTorch's default 0.1. */
const CONV_BLOCK_MOMENTUM = 0.01;

/** Maps a level's boosted map to the width that all levels share: 1×1, then 3×3, each with BN, ReLU. */
export function convBlock(
  name: string,
  [reduced, width]: readonly [number, number],
  seeds: Seeds,
): (x: SymbolicTensor) => SymbolicTensor {
  const convBnRelu = (index: number, filters: number, size: number) => {
    const conv = convolution({ name: `${name}.${index}.conv`, filters, size, seeds });
    const bn = batchNorm({
      name: `${name}.${index}.bn`,
      momentum: CONV_BLOCK_MOMENTUM,
      activation: 'relu',
    });
    return (x: SymbolicTensor) => bn.apply(conv(x)) as SymbolicTensor;
  };
  const reduce = convBnRelu(0, reduced, 1);
  const widen = convBnRelu(1, width, 3);
  return (x) => widen(reduce(x));
}

/** BN, linear, BN, ELU, linear: pooled features [B,C] to logits [B,classes]. */
export function classifier(
  name: string,
  { hiddenUnits, classes, seeds }: { hiddenUnits: number; classes: number; seeds: Seeds },
): (x: SymbolicTensor) => SymbolicTensor {
  const linear = (index: number, units: number) =>
    layers.dense({
      name: `${name}.${index}`,
      units,
      kernelInitializer: uniformFanIn(seeds),
    });
  const sequence = [
    batchNorm({ name: `${name}.0` }),
    linear(1, hiddenUnits),
    batchNorm({ name: `${name}.2` }),
    layers.elu({ name: `${name}.3` }),
    linear(4, classes),
  ];
  return (x) => sequence.reduce((y, layer) => layer.apply(y) as SymbolicTensor, x);
}

/** PyTorch's default for linear layers and for FBSM's convolution: U(±1/√fan_in). */
export function uniformFanIn(seeds: Seeds) {
  const seed = seeds();
  return initializers.varianceScaling({
    scale: 1 / 3,
    mode: 'fanIn',
    distribution: 'uniform',
    ...(seed !== undefined && { seed }),
  });
}
