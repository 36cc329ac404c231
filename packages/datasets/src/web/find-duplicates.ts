/** A file that has the same bytes as one before it. */
export interface Duplicate {
  /** As it was given. */
  path: string;
  /** Of the first of these files. */
  sameAs: string;
}

/** A file to compare with others. */
export interface HashedFile {
  path: string;
  blob: Blob;
  /** The same for files of the same bytes, and seldom for others. */
  fingerprint: string;
}

/**
 * Finds files of the same bytes, by SHA-256. Only those whose fingerprints are the same are read, one at a time.
 *
 * @returns in the order of the files; undefined where the page may not hash, as it is not in a secure context
 */
export async function findDuplicates(
  files: readonly HashedFile[],
): Promise<Duplicate[] | undefined> {
  const counts = new Map<string, number>();
  for (const { fingerprint } of files) counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1);
  const alike = files.filter(({ fingerprint }) => (counts.get(fingerprint) ?? 0) > 1);
  if (alike.length > 0 && !globalThis.crypto?.subtle) return undefined;
  const firsts = new Map<string, string>();
  const duplicates: Duplicate[] = [];
  for (const { path, blob } of alike) {
    const hash = await sha256(blob);
    const sameAs = firsts.get(hash);
    if (sameAs === undefined) firsts.set(hash, path);
    else duplicates.push({ path, sameAs });
  }
  return duplicates;
}

async function sha256(blob: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  return new Uint8Array(digest).join();
}
