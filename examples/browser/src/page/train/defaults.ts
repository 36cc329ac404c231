import type { TrainSettings } from '../../engine/engine.ts';

/** The networks that are offered. */
export const NETWORKS = [
  {
    arch: 'mini',
    title: 'Small network',
    hint: 'From scratch, in minutes. For hundreds of small pictures.',
  },
  {
    arch: 'resnet50',
    title: 'ResNet-50',
    hint: 'From weights that you drop in. For a graphics card.',
  },
  {
    arch: 'resnet101',
    title: 'ResNet-101',
    hint: 'Larger and slower, from weights that you drop in.',
  },
  {
    arch: 'densenet161',
    title: 'DenseNet-161',
    hint: 'The slowest, from weights that you drop in.',
  },
] as const satisfies readonly { arch: TrainSettings['arch']; title: string; hint: string }[];

/** What the form asks for. */
export type Asked = Required<
  Pick<
    TrainSettings,
    | 'imageSize'
    | 'batchSize'
    | 'totalEpochs'
    | 'optimizer'
    | 'newLearningRate'
    | 'pretrainedLearningRate'
    | 'trivialAugment'
    | 'randomErasing'
    | 'labelSmoothing'
    | 'emaDecay'
    | 'testTimeFlip'
  >
>;

/** Of an average of the weights, where it is wanted: a usual one. */
export const EMA_DECAY = 0.999;

/** Pictures that a network should see in all, each one once an epoch. */
const SEEN = { scratch: 6000, pretrained: 4000 } as const;
/** Points of a curve, about: enough to see how it goes. */
const POINTS = 80;
/** Steps at most in which the learning rates rise. */
const WARM_UP = 40;

/** Learning rates that an optimizer begins with: as `fbsd train` has them. */
const RATES = {
  sgd: {
    scratch: { newLearningRate: 0.008, pretrainedLearningRate: 0.008 },
    pretrained: { newLearningRate: 0.002, pretrainedLearningRate: 0.0002 },
  },
  adamw: {
    scratch: { newLearningRate: 0.001, pretrainedLearningRate: 0.001 },
    pretrained: { newLearningRate: 0.001, pretrainedLearningRate: 0.0001 },
  },
} as const;

/** Settings that fit a network, so many pictures and an optimizer: few pictures are seen more often. */
export function defaultsFor(
  arch: TrainSettings['arch'],
  pictures: number,
  optimizer: Asked['optimizer'] = 'sgd',
): Asked {
  const kind = arch === 'mini' ? 'scratch' : 'pretrained';
  const epochs = Math.ceil(SEEN[kind] / Math.max(1, pictures));
  const sizes =
    kind === 'scratch'
      ? { batchSize: 16, totalEpochs: Math.min(60, Math.max(10, epochs)), imageSize: 96 }
      : { batchSize: 8, totalEpochs: Math.min(30, Math.max(5, epochs)), imageSize: 224 };
  return {
    ...sizes,
    batchSize: Math.max(2, Math.min(sizes.batchSize, pictures)),
    optimizer,
    ...RATES[optimizer][kind],
    trivialAugment: false,
    randomErasing: 0,
    labelSmoothing: 0,
    emaDecay: 0,
    testTimeFlip: false,
  };
}

/** What follows from the length of a run. */
export function paceOf(
  { batchSize, totalEpochs }: Pick<Asked, 'batchSize' | 'totalEpochs'>,
  pictures: number,
): Pick<TrainSettings, 'warmupSteps' | 'logEverySteps'> {
  const steps = Math.ceil(pictures / batchSize) * totalEpochs;
  return {
    warmupSteps: Math.min(WARM_UP, Math.floor(steps / 8)),
    logEverySteps: Math.min(50, Math.max(1, Math.round(steps / POINTS))),
  };
}
