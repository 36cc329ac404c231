/**
 * The quantile of Student's t distribution for intervals: the t with P(|T| ≤ t) = coverage.
 *
 * @param coverage between 0 and 1, as 0.95
 * @param degrees degrees of freedom, a whole number from 1
 */
export function studentQuantile(coverage: number, degrees: number): number {
  let [low, high] = [0, Math.PI / 2];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (coverageOf(middle, degrees) < coverage) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2);
}

/**
 * P(|T| ≤ t), in closed form for whole degrees of freedom: Abramowitz & Stegun, Handbook of Mathematical Functions,
 * 26.7.3 and 26.7.4.
 *
 * @param angle arctan(t/√degrees)
 */
function coverageOf(angle: number, degrees: number): number {
  const cosine = Math.cos(angle);
  const odd = degrees % 2;
  let term = odd ? cosine : 1;
  let sum = 0;
  for (let power = odd; power <= degrees - 2; power += 2) {
    sum += term;
    term *= ((power + 1) / (power + 2)) * cosine ** 2;
  }
  const product = Math.sin(angle) * sum;
  return odd ? (2 / Math.PI) * (angle + product) : product;
}
