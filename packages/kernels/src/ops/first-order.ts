import { clone, customGrad, type Tensor } from '@tensorflow/tfjs-core';

/*
 * This file stands in every package with an op whose gradient takes as constant what is none, the same in all of them,
 * because each installs alone.
 */

/**
 * Gradients of which there is no derivative: to ask for it throws, where it would be silently wrong.
 *
 * @param op whose gradients they are
 * @param gradients disposed: returned as others of the same values
 * @param from what they are computed from, if the tape does not know
 */
export function firstOrder(
  op: string,
  gradients: readonly Tensor[],
  from: readonly Tensor[] = [],
): Tensor[] {
  return gradients.map((gradient) => {
    const only = customGrad((x) => ({
      value: clone(x as Tensor),
      gradFunc: () => {
        throw new Error(
          `${op} has first derivatives only: its gradient cannot be differentiated. Compute it with plain ops instead.`,
        );
      },
    }));
    const result = only(gradient, ...from);
    gradient.dispose();
    return result;
  });
}
