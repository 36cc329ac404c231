import type { StoredDataset, TrainSettings } from '../../engine/engine.ts';

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

/** What the form starts with. */
export type Defaults = Pick<
  TrainSettings,
  | 'imageSize'
  | 'batchSize'
  | 'totalEpochs'
  | 'newLearningRate'
  | 'pretrainedLearningRate'
  | 'warmupSteps'
>;

/** Pictures that a network should see in all, each one once an epoch. */
const SEEN = { scratch: 6000, pretrained: 4000 } as const;

/** Settings that fit a network and so many pictures: few pictures are seen more often. */
export function defaultsFor(
  arch: TrainSettings['arch'],
  { train }: Pick<StoredDataset, 'train'>,
): Defaults {
  const scratch = arch === 'mini';
  const pictures = Math.max(1, train.length);
  const batchSize = Math.max(2, Math.min(scratch ? 16 : 8, pictures));
  const epochs = Math.ceil((scratch ? SEEN.scratch : SEEN.pretrained) / pictures);
  const totalEpochs = Math.min(scratch ? 60 : 30, Math.max(scratch ? 10 : 5, epochs));
  const steps = Math.ceil(pictures / batchSize) * totalEpochs;
  const warmupSteps = Math.min(40, Math.floor(steps / 8));
  const common = { batchSize, totalEpochs, warmupSteps };
  return scratch
    ? { ...common, imageSize: 96, newLearningRate: 0.008, pretrainedLearningRate: 0.008 }
    : { ...common, imageSize: 224, newLearningRate: 0.002, pretrainedLearningRate: 0.0002 };
}
