import { requireInteger } from '@fbsd/trainer/data';
import type { DrawnDataset, MiniSettings } from './drawn-dataset.ts';

export const MINI_DEFAULTS: MiniSettings = {
  seed: 1,
  trainPerClass: 60,
  testPerClass: 20,
  imageSize: 160,
};

/**
 * Completes settings by their defaults.
 *
 * @throws RangeError for impossible ones
 */
export function miniSettings(
  { name, defaults }: Pick<DrawnDataset, 'name' | 'defaults'>,
  options: Partial<MiniSettings>,
): MiniSettings {
  const settings = { ...MINI_DEFAULTS, ...defaults, ...options };
  requireInteger(`[@fbsd/datasets] ${name}: seed`, settings.seed, 0, 2 ** 32 - 1);
  requireInteger(`[@fbsd/datasets] ${name}: trainPerClass`, settings.trainPerClass, 1, 10_000);
  requireInteger(`[@fbsd/datasets] ${name}: testPerClass`, settings.testPerClass, 0, 10_000);
  requireInteger(`[@fbsd/datasets] ${name}: imageSize`, settings.imageSize, 32, 2048);
  return settings;
}
