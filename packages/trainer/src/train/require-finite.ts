import { UserError } from '../user-error.ts';

/**
 * Refuses to interpret what a model computed when it is not finite: sorted, it would look like any other answer.
 *
 * @param where the function that asks
 * @param values probabilities or logits
 */
export function requireFinite(where: string, values: readonly number[]): void {
  const strange = values.find((value) => !Number.isFinite(value));
  if (strange === undefined) return;
  throw new UserError(
    `[@fbsd/trainer] ${where}: expected finite probabilities from the model; got ${strange}. Its training diverged, or its weights are damaged: use another checkpoint.`,
  );
}
