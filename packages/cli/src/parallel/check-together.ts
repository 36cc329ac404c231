import { shareOf, UserError } from '@fbsd/trainer';
import type { SelectedBackend } from '../backend/select-backend.ts';
import type { Settings } from '../settings/settings.ts';
import { processes } from './processes.ts';

/** @throws UserError for a backend on which several processes cannot train as the settings say */
export function checkTogether({ batchNorm }: Settings, { name }: SelectedBackend): void {
  if (processes() === null || name !== 'webgpu' || batchNorm === 'local') return;
  throw new UserError(
    '[fbsd] --backend webgpu cannot exchange the statistics of batch norms in the middle of a step. Use --batch-norm local, or another --backend.',
  );
}

/** Images of a batch that a process computes at most: all of them where it is alone. */
export function largestShare(batchSize: number, { batchNorm }: Settings): number {
  const { size } = processes() ?? { size: 1 };
  return shareOf(batchSize, { rank: 0, size, least: batchNorm === 'local' ? 2 : 1 }).computed;
}
