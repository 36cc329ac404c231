const NAMED = 3;

/**
 * Says which test images are training images as well.
 *
 * @param same `test/b/1.jpg = train/a/0.jpg` of each
 * @returns a sentence that names the first ones, if there are any
 */
export function sameFilesSentence(same: readonly string[]): string[] {
  if (same.length === 0) return [];
  const named = same.slice(0, NAMED).join(', ') + (same.length > NAMED ? ', …' : '');
  return [`Test images that are the same files as training images: ${same.length} (${named}).`];
}
