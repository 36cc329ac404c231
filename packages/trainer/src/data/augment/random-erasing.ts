/** Share of the picture that is erased. */
const AREA = [0.02, 0.33] as const;
/** Height over width of what is erased. */
const ASPECT = [0.3, 3.3] as const;
const TRIES = 10;

/**
 * Sets a rectangle of a normalised picture to 0, as torchvision's `RandomErasing` with its defaults, and timm's in the mode
 * `const`: 2 to 33% of its area, 0.3 to 3.3 times as high as wide, anywhere. One that does not fit in is drawn anew, up to ten times.
 *
 * Source: Zhong et al., *Random Erasing Data Augmentation*, arXiv 1708.04896.
 *
 * @param images the picture [S,S,3] begins at position `at`; is changed
 * @param probability that anything is erased
 * @param next gives numbers in [0, 1)
 */
export function randomErasing(
  images: Float32Array,
  at: number,
  side: number,
  probability: number,
  next: () => number,
): void {
  if (next() >= probability) return;
  for (let i = 0; i < TRIES; i++) {
    const area = side * side * (AREA[0] + next() * (AREA[1] - AREA[0]));
    const [least, most] = ASPECT.map(Math.log) as [number, number];
    const aspect = Math.exp(least + next() * (most - least));
    const height = Math.round(Math.sqrt(area * aspect));
    const width = Math.round(Math.sqrt(area / aspect));
    if (height >= side || width >= side) continue;
    const top = Math.floor(next() * (side - height + 1));
    const left = Math.floor(next() * (side - width + 1));
    for (let y = top; y < top + height; y++) {
      const from = at + (y * side + left) * 3;
      images.fill(0, from, from + width * 3);
    }
    return;
  }
}
