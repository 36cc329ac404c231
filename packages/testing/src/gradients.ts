import { grads, mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { expectClose, type Tolerance } from './expect-close.ts';
import { signal } from './generator.ts';

/**
 * Compares the gradient of `f` with central finite differences, for every element of every input.
 *
 * The scalar differentiated is Σ w·f(inputs) with fixed pseudo-random weights w, so that errors do
 * not cancel. Keep the inputs small, and away from kinks (ReLU at 0, ties of a maximum) by more than
 * `step`. Float32 differences are good to about 1e-3: hence the default tolerance.
 */
export function checkGradients(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 1e-2, rtol = 1e-2, atol }: Tolerance & { step?: number } = {},
): void {
  const outputShape = tidy(() => f(...inputs).shape);
  const weights = signal('checkGradients', outputShape).data as Float32Array;
  const loss = (...xs: Tensor[]) => sum(mul(f(...xs), tensor(weights, outputShape)));
  const actual = grads(loss)([...inputs]);
  inputs.forEach((input, which) => {
    const data = input.dataSync() as Float32Array;
    const lossAt = (i: number, delta: number) =>
      tidy(() => {
        const moved = Float32Array.from(data);
        moved[i] = (data[i] as number) + delta;
        const replaced = inputs.map((x, j) => (j === which ? tensor(moved, x.shape) : x));
        return loss(...replaced).dataSync()[0] as number;
      });
    const numeric = Float32Array.from(
      data,
      (_, i) => (lossAt(i, step) - lossAt(i, -step)) / (2 * step),
    );
    const largest = numeric.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    expectClose(
      actual[which] as Tensor,
      { shape: input.shape, data: numeric },
      { rtol, atol: atol ?? 0.5 * rtol * largest },
    );
  });
  for (const gradient of actual) gradient.dispose();
}
