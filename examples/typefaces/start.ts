import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, say } from '@fbsd/cli';
import { CONFIG } from '@fbsd/trainer/run-files';

/** How a plain network learns the mixed families, whatever comes after it. */
const TRAINING = ['--head', 'linear', '--seed', '1'];

/** The network that training begins with. */
export interface Start {
  /** The exit code, 0 unless it was interrupted or failed. */
  code: number;
  /** Its weights, for `--pretrained`. */
  weights: string;
}

/**
 * Trains the network that training begins with: a plain one, on families that are easy to tell apart. It is to letters what ImageNet's
 * is to photographs. What is there is used again; what was interrupted goes on.
 *
 * @param folder where it is kept
 * @param pictures makes sure that pictures of those families are there, and gives the arguments of `fbsd train` for them
 * @param run runs a command of `fbsd`
 */
export async function ensureStart(
  folder: string,
  pictures: () => Promise<readonly string[]>,
  run: typeof runCommand = runCommand,
): Promise<Start> {
  const [network, exported] = [join(folder, 'run'), join(folder, 'weights')];
  const weights = join(exported, 'model.safetensors');
  if (existsSync(weights)) return { code: 0, weights };
  say('start    training a plain network on families that are easy to tell apart …');
  const trained = existsSync(join(network, CONFIG))
    ? await run(['train', '--resume', '--out', network])
    : await run(['train', ...(await pictures()), ...TRAINING, '--out', network]);
  if (trained !== 0) return { code: trained, weights };
  const last = join(network, 'checkpoints', 'last');
  const format = ['--format', 'safetensors', '--out', exported];
  return { code: await run(['export', '--model', last, ...format]), weights };
}
