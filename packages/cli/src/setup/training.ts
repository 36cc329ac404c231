import { DiskPictureCache, diskPicturesWithin } from '@fbsd/datasets';
import type { PictureSource, TrainArgs } from '@fbsd/trainer';
import type { Say } from '../display/say.ts';
import { nodeClock } from '../run/node-clock.ts';
import type { Settings } from '../settings/settings.ts';

type Training = Omit<TrainArgs, 'model' | 'optimizer' | 'dataset'>;

/** How the settings have `train` of @fbsd/trainer train. @param say is told when pictures cannot be kept */
export function trainingOf(settings: Settings, say: Say): Training {
  const pictures = diskPicturesWithin(settings);
  return {
    pictures,
    cache: settings.cache === null ? null : pictureCache(settings.cache, pictures, say),
    clock: nodeClock,
    imageSize: settings.imageSize,
    batchSize: settings.batchSize,
    accumulate: settings.accumulate,
    totalEpochs: settings.totalEpochs,
    schedule: settings.schedule,
    warmupSteps: settings.warmupSteps,
    horizontalFlip: settings.horizontalFlip,
    trivialAugment: settings.trivialAugment,
    randomErasing: settings.randomErasing,
    labelSmoothing: settings.labelSmoothing,
    testTimeFlip: settings.tta === 'flip',
    logEverySteps: settings.logEverySteps,
    evaluateEveryEpochs: settings.evaluateEveryEpochs,
    patience: settings.patience,
    saveEverySteps: settings.saveEverySteps,
    batchNorm: settings.batchNorm,
    seed: settings.seed,
  };
}

/** A cache that says when it cannot keep pictures. */
function pictureCache(folder: string, pictures: PictureSource, say: Say): DiskPictureCache {
  const onRefusal = (reason: string) =>
    say(`warning  ${folder} keeps no more pictures, which takes longer: ${reason}`);
  return new DiskPictureCache(folder, pictures, { onRefusal });
}
