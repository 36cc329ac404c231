export { type BackendName, type SelectedBackend, selectBackend } from './train/backend.ts';
export { SGD, type SGDArgs } from './train/sgd.ts';
export { gradientNorm, type StepResult, trainStep } from './train/train-step.ts';
