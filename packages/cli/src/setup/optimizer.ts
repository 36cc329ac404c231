import { AdamW, type Checkpoint, SGD, type TrainOptimizer, UserError } from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { disposeVelocities } from '../run/checkpoint.ts';
import { flagOf } from '../settings/flags.ts';
import type { OptimizerName } from '../settings/presets.ts';
import type { Settings } from '../settings/settings.ts';
import { forUser } from '../user-errors.ts';

/** The settings that mean something to one optimizer alone. */
const OWN: Readonly<Record<OptimizerName, readonly (keyof Settings)[]>> = {
  sgd: ['momentum'],
  adamw: ['beta1', 'beta2', 'epsilon'],
};

/**
 * Makes the optimizer that the settings ask for.
 *
 * @param velocities what a checkpoint kept of it, which is disposed
 */
export async function optimizerFor(
  model: LayersModel,
  settings: Settings,
  velocities?: Checkpoint['velocities'],
): Promise<TrainOptimizer> {
  const optimizer = await forUser(() => create(model, settings));
  if (velocities) {
    await optimizer.setVelocities(velocities);
    disposeVelocities(velocities);
  }
  return optimizer;
}

function create(model: LayersModel, settings: Settings): TrainOptimizer {
  const { newLearningRate, pretrainedLearningRate, layerDecay, weightDecay } = settings;
  const shared = { newLearningRate, pretrainedLearningRate, layerDecay, weightDecay };
  if (settings.optimizer === 'sgd')
    return new SGD(model, { ...shared, momentum: settings.momentum });
  const { beta1, beta2, epsilon } = settings;
  return new AdamW(model, { ...shared, beta1, beta2, epsilon });
}

/** Values that an optimizer keeps of each weight. */
export function statesOf({ optimizer }: Pick<Settings, 'optimizer'>): number {
  return optimizer === 'sgd' ? 1 : 2;
}

/** Refuses flags of the other optimizer. @throws UserError that names the first */
export function refuseOtherOptimizers(optimizer: OptimizerName, given: Partial<Settings>): void {
  for (const [other, keys] of Object.entries(OWN)) {
    const key = other === optimizer ? undefined : keys.find((key) => key in given);
    if (key === undefined) continue;
    throw new UserError(
      `[fbsd] ${flagOf(key)} is for --optimizer ${other}; this is ${optimizer}. Leave it out, or choose that one.`,
    );
  }
}
