import type { Call, Value } from './graph.ts';

/**
 * Where a graph gets around a value: the calls that take something computed from it and, beside it,
 * something that comes from the same source by another way. What an FBSM suppresses in the value is
 * still there for them, as behind a tap inside of a residual block.
 *
 * @param calls in their order
 * @returns none if all that comes later, from the same source, passes through the value
 */
export function joinsAround(value: Value, calls: readonly Call[]): Call[] {
  const around = sources(value, calls);
  const behind = new Set([value]);
  return calls.filter(({ inputs, outputs }) => {
    if (outputs.includes(value)) return false;
    const through = inputs.some((input) => behind.has(input));
    const past = inputs.some((input) => around.has(input));
    for (const output of outputs) {
      if (through) behind.add(output);
      else if (past) around.add(output);
    }
    return through && past;
  });
}

/** All values that `value` is computed from. */
function sources(value: Value, calls: readonly Call[]): Set<Value> {
  const needed = new Set([value]);
  for (const { inputs, outputs } of calls.toReversed()) {
    if (outputs.some((output) => needed.has(output))) for (const x of inputs) needed.add(x);
  }
  needed.delete(value);
  return needed;
}
