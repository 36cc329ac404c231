import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFile } from '@fbsd/datasets';
import { readStateDict } from '@fbsd/torch-weights/node';
import { UserError } from '@fbsd/trainer';
import type { Say } from '../display/say.ts';
import { TransferDisplay } from '../display/transfer-display.ts';
import { cacheFolder } from '../settings/paths.ts';
import {
  isAddress,
  isPublished,
  publishedWeights,
  weightsAt,
} from '../settings/published-weights.ts';
import type { Settings } from '../settings/settings.ts';
import { isTimm, timmWeights } from '../settings/timm-weights.ts';
import { forUser } from '../user-errors.ts';

/** Weights have gigabytes at most. */
const MOST_BYTES = 20e9;

/**
 * The file of --pretrained on this machine: published weights, and those at an address, are fetched once into the folder
 * of caches.
 *
 * @returns null where none is named
 * @throws UserError when they cannot be fetched, or are not those that they should be
 */
export async function pretrainedFile(
  { pretrained, arch }: Pick<Settings, 'pretrained' | 'arch'>,
  say: Say,
): Promise<string | null> {
  if (pretrained === null) return null;
  const timm = isTimm(pretrained) ? timmWeights(pretrained) : null;
  const address = isPublished(pretrained)
    ? publishedWeights(arch, pretrained)
    : (timm?.address ?? pretrained);
  if (address === undefined || !isAddress(address)) return pretrained; // a path, see checkGiven
  const remote = weightsAt(address);
  const display = new TransferDisplay(say, 'weights');
  try {
    const folder = join(cacheFolder(), 'weights');
    const file = await ensureFile(remote, folder, {
      maxBytes: MOST_BYTES,
      otherwise: 'Fetch it with another program, and name the file with --pretrained',
      onProgress: display.show,
      onRetry: (reason) => display.say(`${reason}: trying again`),
    }).catch((error) => {
      throw tellingOfCache(error, folder);
    });
    display.end();
    if (isPublished(pretrained)) {
      display.say(
        'trained on ImageNet-1k by torchvision (BSD 3-Clause); the terms of the data set may apply to them',
      );
    }
    if (timm) {
      display.say(
        `published by timm, under the license that ${timm.page} names; the terms of the data set may apply to them`,
      );
    }
    if (remote.sha256 === undefined) {
      await requireReadable(file);
      const where = timm ? 'name' : 'address';
      display.say(
        `no checksum of this file is known: add #sha256=… to its ${where} to have it checked`,
      );
    }
    return file;
  } finally {
    display.end();
  }
}

/** What cannot be checked is at least read before it is kept. */
async function requireReadable(file: string): Promise<void> {
  try {
    await forUser(() => readStateDict(file));
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** Adds how another folder is named, to what is about the one of caches: that it is full, or in use. */
function tellingOfCache(error: unknown, folder: string): unknown {
  if (!(error instanceof UserError) || !error.message.includes(folder)) return error;
  const advice = 'The variable FBSD_CACHE of the environment names another folder.';
  return new UserError(`${error.message} ${advice}`, { cause: error });
}
