import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { launchOf, runCommand, say } from '@fbsd/cli';
import { UserError } from '@fbsd/trainer';
import { CONFIG } from '@fbsd/trainer/run-files';

/** The network that training begins with. */
export interface Start {
  /** The exit code, 0 unless it was interrupted or failed. */
  code: number;
  /** Its weights, for `--pretrained`. */
  weights: string;
}

/** How the network is made. */
export interface Making {
  /** Makes sure that the pictures are there which it learns from. */
  ensurePictures(): Promise<void>;
  /** The arguments of `fbsd train`. */
  training: readonly string[];
  /** Arguments that say what computes, also where training goes on. */
  machine: readonly string[];
  /** Runs a command of `fbsd`. @default runCommand */
  run?: typeof runCommand;
}

/**
 * Trains the network that training begins with: a plain one, on families that are easy to tell apart. It is to letters what ImageNet's
 * is to photographs. What is there is used again; what was interrupted goes on.
 *
 * @param folder where it is kept, which is of this making alone
 * @throws UserError if it is not there, and several processes would make it
 */
export async function ensureStart(folder: string, making: Making): Promise<Start> {
  const { ensurePictures, training, machine, run = runCommand } = making;
  const [network, exported] = [join(folder, 'run'), join(folder, 'weights')];
  const weights = join(exported, 'model.safetensors');
  if (existsSync(exported)) return { code: 0, weights };
  const launch = launchOf();
  if (launch) {
    throw new UserError(
      `[typefaces] one process trains the network that training begins with. Run npm run typefaces without ${launch.launcher} ` +
        'until it says that training on sans begins, or give --from-scratch or --pretrained.',
    );
  }
  say('start    training a plain network on families that are easy to tell apart: minutes, once …');
  await ensurePictures();
  const trained = existsSync(join(network, CONFIG))
    ? await run(['train', '--resume', '--out', network, ...machine])
    : await run(['train', ...training, ...machine, '--out', network]);
  if (trained !== 0) {
    say('start    not finished: npm run typefaces goes on with it');
    return { code: trained, weights };
  }
  const last = join(network, 'checkpoints', 'last');
  const partial = `${exported}.partial`;
  await rm(partial, { recursive: true, force: true }); // what an interrupted export left
  const code = await run(['export', '--model', last, '--format', 'safetensors', '--out', partial]);
  if (code === 0) await rename(partial, exported);
  return { code, weights };
}
