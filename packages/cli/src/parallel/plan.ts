import { createHash } from 'node:crypto';
import {
  broadcastJson,
  type Communicator,
  type Dataset,
  type Progress,
  UserError,
} from '@fbsd/trainer';
import type { SelectedBackend } from '../backend/select-backend.ts';
import type { Settings } from '../settings/settings.ts';

/** What the other processes need to know of the run that process 0 has begun. */
export interface Plan {
  settings: Settings;
  backend: SelectedBackend['name'];
  progress: Progress | null;
  /** Digest of the samples, in their order. */
  samples: string;
}

let announced = false;

/** Process 0 tells the others what they train. */
export function announce(plan: Plan, communicator: Communicator): void {
  broadcastJson<Plan | null>(communicator, plan);
  announced = true;
}

/** Process 0 tells the others, who wait for a plan, that there is none: after `--help`, for example. */
export function dismiss(communicator: Communicator): void {
  if (!announced) broadcastJson<Plan | null>(communicator, null);
}

/** The others wait for the plan. @returns null if there is nothing to train */
export function awaitPlan(communicator: Communicator): Plan | null {
  return broadcastJson<Plan | null>(communicator, null);
}

/** The samples of a data set as a digest: paths may differ from machine to machine, pictures and their order not. */
export function digestOf({ train, test, validation, classNames }: Dataset): string {
  const samples = [train, test, validation ?? []].map((list) =>
    list.map(({ id, file, label }) => [id, file, label]),
  );
  return createHash('sha256')
    .update(JSON.stringify([classNames, samples]))
    .digest('hex');
}

/** @throws UserError where a process has found other samples than process 0 */
export function checkSamples(dataset: Dataset, { samples }: Plan): void {
  if (digestOf(dataset) === samples) return;
  const { train, test, root } = dataset;
  throw new UserError(
    `[fbsd] the data in ${root}, ${train.length} training and ${test.length} test images, is not that of process 0. All processes need the same data set in the same place.`,
  );
}
