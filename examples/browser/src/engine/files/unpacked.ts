import { UserError } from '@fbsd/trainer';
import type { NamedBlob } from '../engine.ts';

/** Bytes that a model or a run in an archive may have: a small archive can be made to fill the memory. */
const MOST = 2 ** 31;

/**
 * The files of what somebody gave: those in it, where it is a ZIP archive alone.
 *
 * @throws UserError that names a file of the archive that cannot be unpacked
 */
export async function unpacked(given: readonly NamedBlob[]): Promise<readonly NamedBlob[]> {
  const [only, other] = given;
  if (!only || other || !/\.zip$/i.test(only.path)) return given;
  const { filesOfZip } = await import('@fbsd/datasets/web');
  const archive = new File([only.blob], only.path);
  const files = await filesOfZip(archive, { wanted: () => true, maxBytes: MOST });
  const damaged = files.find(({ fault }) => fault !== undefined);
  if (!damaged) return files;
  throw new UserError(
    `${damaged.path} in ${only.path} cannot be unpacked (${damaged.fault}). Pack it anew, or choose its folder.`,
  );
}
