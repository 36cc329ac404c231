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
export type Asked = Pick<
  TrainSettings,
  'imageSize' | 'batchSize' | 'totalEpochs' | 'newLearningRate' | 'pretrainedLearningRate'
>;

/** Pictures that a network should see in all, each one once an epoch. */
const SEEN = { scratch: 6000, pretrained: 4000 } as const;
/** Points of a curve, about: enough to see how it goes. */
const POINTS = 80;
/** Steps at most in which the learning rates rise. */
const WARM_UP = 40;

/** Settings that fit a network and so many pictures: few pictures are seen more often. */
export function defaultsFor(arch: TrainSettings['arch'], pictures: number): Asked {
  const scratch = arch === 'mini';
  const batchSize = Math.max(2, Math.min(scratch ? 16 : 8, pictures));
  const epochs = Math.ceil((scratch ? SEEN.scratch : SEEN.pretrained) / Math.max(1, pictures));
  return scratch
    ? {
        batchSize,
        totalEpochs: Math.min(60, Math.max(10, epochs)),
        imageSize: 96,
        newLearningRate: 0.008,
        pretrainedLearningRate: 0.008,
      }
    : {
        batchSize,
        totalEpochs: Math.min(30, Math.max(5, epochs)),
        imageSize: 224,
        newLearningRate: 0.002,
        pretrainedLearningRate: 0.0002,
      };
}

/** What follows from the length of a run. */
export function paceOf(
  { batchSize, totalEpochs }: Asked,
  pictures: number,
): Pick<TrainSettings, 'warmupSteps' | 'logEverySteps'> {
  const steps = Math.ceil(pictures / batchSize) * totalEpochs;
  return {
    warmupSteps: Math.min(WARM_UP, Math.floor(steps / 8)),
    logEverySteps: Math.min(50, Math.max(1, Math.round(steps / POINTS))),
  };
}
