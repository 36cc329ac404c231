export { ARCHITECTURES, type Architecture, type ArchitectureName } from './model/architectures.ts';
export { type FBSDArgs, fbsd, HEADS, isNewLayer } from './model/fbsd.ts';
export { type BackendName, type SelectedBackend, selectBackend } from './train/backend.ts';
export {
  countCorrect,
  crossEntropies,
  LOSS_WEIGHTS,
  predictedClasses,
  totalLoss,
} from './train/loss.ts';
export { SGD, type SGDArgs } from './train/sgd.ts';
export { gradientNorm, type StepResult, trainStep } from './train/train-step.ts';
