/**
 * The largest whole number up to `most` that fits, where all below it fit, too; 0 if none does.
 *
 * @param most is 1 or more
 */
export function largestThatFits(most: number, fits: (size: number) => boolean): number {
  if (fits(most)) return most;
  let [fitting, beyond] = [0, most];
  while (beyond - fitting > 1) {
    const middle = Math.floor((fitting + beyond) / 2);
    if (fits(middle)) fitting = middle;
    else beyond = middle;
  }
  return fitting;
}
