import { customGrad, keep, reshape, scalar, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Runs `f` off the tape: nothing in it is recorded or saved for a gradient, and no gradient flows
 * through its results, which belong to the caller's tidy scope.
 *
 * tfjs has no stop-gradient; but it records nothing inside the forward function of a custom
 * gradient. That function may return one tensor only, so the results leave it by `keep`.
 *
 * @param f returns new tensors only, none that somebody else owns
 */
export function detached<T extends Record<string, Tensor>>(f: () => T): T {
  let results = {} as T;
  const untaped = customGrad(() => {
    results = f();
    for (const tensor of Object.values(results)) keep(tensor);
    return { value: scalar(0), gradFunc: () => [] };
  });
  untaped().dispose();
  const handedOver = Object.entries(results).map(([name, kept]) => {
    const alias = reshape(kept, kept.shape); // shares the data on every backend
    kept.dispose();
    return [name, alias];
  });
  return Object.fromEntries(handedOver) as T;
}
