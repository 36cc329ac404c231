/** About this many steps fit on an axis. */
const STEPS = 5;

/** Ticks from 0 to the first round number that is not below `max`; 0 to 1 when nothing is above 0. */
export function fractionTicks(max: number): number[] {
  if (!(max > 0)) return [0, 1];
  const step = roundStep(max / STEPS);
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Multiples of a whole step between two whole numbers; `first` when there is none. */
export function integerTicks(first: number, last: number): number[] {
  const step = Math.max(1, Math.ceil(roundStep((last - first) / STEPS)));
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) ticks.push(tick);
  return ticks.length > 0 ? ticks : [first];
}

/** Round numbers between two numbers. */
export function rangeTicks(low: number, high: number): number[] {
  const step = roundStep((high - low) / STEPS);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `least`. */
function roundStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= least * (1 - 1e-9));
  return (factor as number) * power;
}
