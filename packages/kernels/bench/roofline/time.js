const SECONDS = 0.2;

/**
 * Seconds of the fastest of several calls.
 *
 * @param {() => void} f
 */
export function secondsOf(f) {
  f();
  let fastest = Number.POSITIVE_INFINITY;
  const end = performance.now() + 1000 * SECONDS;
  for (let calls = 0; calls < 3 || performance.now() < end; calls++) {
    const start = performance.now();
    f();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest / 1000;
}
