/**
 * Checks an argument that must be a whole number.
 *
 * @param what begins the message: the package and the name of the value, as `[@fbsd/trainer] imageSize`
 * @param maximum default: the largest integer that a number holds exactly
 * @throws RangeError unless `value` is an integer from `minimum` to `maximum`
 */
export function requireInteger(
  what: string,
  value: number,
  minimum: number,
  maximum: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return;
  const range =
    maximum === Number.MAX_SAFE_INTEGER
      ? `of at least ${minimum}`
      : `from ${minimum} to ${maximum}`;
  throw new RangeError(`${what} must be an integer ${range}; got ${value}.`);
}
