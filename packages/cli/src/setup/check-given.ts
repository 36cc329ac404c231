import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ARCHITECTURES, type ArchitectureName } from '@fbsd/fbsd';
import { UserError } from '@fbsd/trainer';
import { requireWritable } from '../run/writable-directory.ts';
import { refuseForeignFlags } from '../settings/flags.ts';
import { nearest } from '../settings/nearest.ts';
import {
  architecturesWith,
  isAddress,
  isPublished,
  PUBLISHED,
  type Published,
  publishedWeights,
  weightsAt,
} from '../settings/published-weights.ts';
import type { Settings } from '../settings/settings.ts';
import { isTimm, timmWeights } from '../settings/timm-weights.ts';
import { refuseStrengths } from './network.ts';
import { refuseOtherOptimizers } from './optimizer.ts';

/**
 * Checks what was given, before anything is fetched, read or drawn for it.
 *
 * @param settings complete
 * @param given those of them that flags gave
 * @throws UserError for a flag that means nothing for the data set or the optimizer, weights that are not there or an address that cannot be, a cache that cannot be
 *   written to
 */
export async function checkGiven(settings: Settings, given: Partial<Settings>): Promise<void> {
  refuseForeignFlags(settings.dataset, given);
  refuseOtherOptimizers(settings.optimizer, given);
  refuseStrengths(settings, given);
  if (!settings.from) {
    await requireWeights('--pretrained', settings.pretrained, settings);
    await requireWeights('--init-from', settings.initFrom, settings);
  }
  await checkCache(settings.cache);
}

async function requireWeights(
  flag: '--pretrained' | '--init-from',
  file: string | null,
  { arch }: Settings,
): Promise<void> {
  if (file === null) return;
  if (flag === '--pretrained' && isPublished(file)) return requirePublished(file, arch);
  if (flag === '--pretrained' && isTimm(file)) return requireTimm(file, arch);
  if (flag === '--pretrained' && isAddress(file)) {
    weightsAt(file);
    return;
  }
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile()) return;
  const fault = stats ? `${file} is not a file` : `there is no file ${file}`;
  throw new UserError(`[fbsd] ${flag}: ${fault}. ${adviceFor(flag, file, arch)}`);
}

function adviceFor(flag: string, file: string, arch: ArchitectureName): string {
  if (flag !== '--pretrained') return 'Give the path of the file.';
  const meant = extname(file) === '' ? nearest(basename(file), PUBLISHED) : undefined;
  if (meant !== undefined) return `Did you mean ${meant}?`;
  const address = publishedWeights(arch);
  return address
    ? `--pretrained imagenet fetches torchvision's for ${arch}: ${address}`
    : 'Give the path of the file, or its address.';
}

function requirePublished(name: Published, arch: ArchitectureName): void {
  if (publishedWeights(arch, name) !== undefined) return;
  const otherwise = publishedWeights(arch) ? 'Take --pretrained imagenet' : 'Leave it out';
  throw new UserError(
    `[fbsd] --pretrained ${name}: torchvision has none for ${arch}, but for ${architecturesWith(name).join(', ')}. ${otherwise}, or choose another --arch.`,
  );
}

function requireTimm(pretrained: string, arch: ArchitectureName): void {
  const weights = timmWeights(pretrained);
  if (weights?.arch === arch) return;
  const isOther = weights !== null && Object.hasOwn(ARCHITECTURES, weights.arch);
  const fault = weights
    ? `these are weights of ${weights.arch}, and the network is ${arch}`
    : "expected timm's whole name, as timm/resnet50.a1_in1k, and maybe #sha256= with 64 digits at its end";
  const advice = isOther
    ? `Give --arch ${weights.arch}, or others.`
    : `There are timm's ${Object.keys(ARCHITECTURES)
        .filter((name) => name !== 'mini')
        .join(', ')}, with what it calls their weights after a dot.`;
  throw new UserError(`[fbsd] --pretrained ${pretrained}: ${fault}. ${advice}`);
}

/** @throws UserError when pictures cannot be kept in the folder of --cache */
export async function checkCache(folder: string | null): Promise<void> {
  if (folder === null) return;
  await requireWritable(folder).catch((error: Error) => {
    throw new UserError(
      `[fbsd] --cache: cannot write to ${folder}: ${error.message}. Name another folder, or train without a cache.`,
      { cause: error },
    );
  });
}
