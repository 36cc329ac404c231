/**
 * Finds the word that was probably meant: the one with the fewest letters to change, add, leave out or swap.
 *
 * @param word what was typed
 * @param known what there is
 * @returns undefined where nothing is near
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const distances = known.map((name) => ({ name, distance: changes(typed, name.toLowerCase()) }));
  const best = distances.sort((a, b) => a.distance - b.distance)[0];
  if (best && best.distance <= Math.max(1, Math.ceil(typed.length / 3))) return best.name;
  return typed.length > 2 ? known.find((name) => name.startsWith(typed)) : undefined;
}

/** The optimal string alignment distance of two words. */
function changes(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => (rows[i] as number[])[j] as number;
  for (let i = 1; i <= a.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const cost = Number(a[i - 1] !== b[j - 1]);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      (rows[i] as number[])[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + cost,
        swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(a.length, b.length);
}
