import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { exported } from './engine.ts';
import { unzipped } from './zip.ts';

/** The digest of a run's last weights, from its export. */
export async function weightsOf(page: Page, name: string): Promise<string> {
  const { file } = await exported(page, name, { kind: 'run' });
  const weights = (await unzipped(file)).get(`${name}/checkpoints/last/weights.bin`);
  return createHash('sha256')
    .update(weights as Uint8Array)
    .digest('hex');
}
