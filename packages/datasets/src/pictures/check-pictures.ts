import { UserError } from '@fbsd/trainer';
import { mapLimited } from '../files/map-limited.ts';
import { countUnreadable } from './count-unreadable.ts';
import { checkSize, decodeRgb, type PictureLimits } from './decode.ts';
import { type Inspected, inspectPicture, reasonOf } from './inspect-picture.ts';

/** Some pictures of a data set are missing or damaged; with `skipCorrupt` it is read without them. */
export class UnreadablePicturesError extends UserError {
  override readonly name = 'UnreadablePicturesError';
}

/** How pictures are checked. */
export interface CheckOptions extends PictureLimits {
  /** Leave the unreadable ones out and warn, instead of throwing. */
  skipCorrupt: boolean;
}

/** Pictures that have been checked. */
export interface Checked<T> {
  /** The samples whose picture is readable, in order. */
  readable: T[];
  /** By the path of each: the same for files of the same bytes, and seldom for others. */
  fingerprints: ReadonlyMap<string, string>;
  /** Sentences about those that are left out. */
  warnings: string[];
}

/** How many files are looked at at once. */
const AT_ONCE = 32;

/**
 * Checks that every picture is there, is a picture and is complete.
 *
 * A file that begins and ends as its format demands, and is not too large by its header, passes without being decoded
 * (measured: 12,000 files in 0.4 s, and as long again for the headers, which decoding needs later; against 14 s on two
 * cores for decoding them all); any other is decoded to decide.
 * Damage in the middle of a file is then found where it is read. With `skipCorrupt` every picture is decoded here, so
 * that none stops a run that was told to do without it.
 *
 * @param where begins the message, for example `loadCub: images.txt`
 * @throws UserError that says how many of how many are unreadable, and names the first five
 */
export async function checkPictures<T extends { path: string }>(
  where: string,
  samples: readonly T[],
  options: CheckOptions,
): Promise<Checked<T>> {
  const fingerprints = new Map<string, string>();
  const faults = await mapLimited(samples, AT_ONCE, async ({ path }) => {
    const { fingerprint, fault } = await check(path, options);
    if (fingerprint) fingerprints.set(path, fingerprint);
    return fault;
  });
  const readable = samples.filter((_, i) => faults[i] === undefined);
  if (readable.length === samples.length) return { readable, fingerprints, warnings: [] };

  const unreadable = samples.flatMap(({ path }, i) => {
    const reason = faults[i];
    return reason === undefined ? [] : [{ path, reason }];
  });
  const count = countUnreadable(unreadable, samples.length);
  if (!options.skipCorrupt || readable.length === 0) {
    const message = `[@fbsd/datasets] ${where}: ${count}. Unpack the data set again`;
    if (readable.length === 0) throw new UserError(`${message}.`);
    throw new UnreadablePicturesError(`${message}, or go on without them with skipCorrupt.`);
  }
  return { readable, fingerprints, warnings: [`Left out: ${count}.`] };
}

/** The fingerprint of a file, and why its picture cannot be used, undefined when it can. */
async function check(
  path: string,
  { skipCorrupt, ...limits }: CheckOptions,
): Promise<{ fingerprint?: string; fault?: string }> {
  let inspected: Inspected;
  try {
    inspected = await inspectPicture(path);
    checkSize(path, limits);
  } catch (fault) {
    return { fault: (fault as Error).message };
  }
  const { fingerprint, complete } = inspected;
  if (complete && !skipCorrupt) return { fingerprint };
  return decodeRgb(path, limits).then(
    () => ({ fingerprint }),
    async (error) => ({ fault: await reasonOf(path, error) }),
  );
}
