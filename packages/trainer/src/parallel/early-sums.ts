import { valuesInPlace } from '@fbsd/kernels';
import { getBackend, keep, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { anyOf, type BackgroundSums, type Communicator } from './communicator.ts';

/** Values, 2 MiB, that are enough for a message. */
const ENOUGH = 2 ** 19;

/**
 * Adds up gradients of all processes while the backward pass goes on: each as soon as it is complete. They are copied for that, since
 * wasm's memory may move when it grows, and an op may hand on the tensor of a gradient.
 */
export class EarlySums {
  private readonly background: BackgroundSums;
  /** Those that have come so far, one after the other. */
  private readonly values: Float32Array;
  private readonly places = new Map<string, number>();
  private end = 0;
  private begun = 0;

  /**
   * @param size values of all gradients together
   * @param background of the communicator
   */
  constructor(size: number, background: BackgroundSums) {
    this.values = new Float32Array(size);
    this.background = background;
  }

  /**
   * Begins to add up a gradient; all processes must give the same ones in the same order.
   *
   * @param tensors whose sum it is, in this process
   */
  add(name: string, ...tensors: Tensor[]): void {
    const [first, ...others] = tensors.map(valuesOf) as [Float32Array, ...Float32Array[]];
    this.places.set(name, this.end);
    const sum = this.values.subarray(this.end, this.end + first.length);
    sum.set(first);
    for (const values of others) {
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
    }
    this.end += sum.length;
    if (this.end - this.begun >= ENOUGH) this.begin();
    else this.background.progress();
  }

  /**
   * Waits for the sums.
   *
   * @param own this process's gradients, of which those that were not added are added now; disposed
   * @returns the sums, kept
   */
  finish(own: NamedTensorMap): NamedTensorMap {
    for (const [name, gradient] of Object.entries(own)) {
      if (!this.places.has(name)) this.add(name, gradient);
    }
    this.begin();
    this.background.finish();
    const sums = Object.entries(own).map(([name, gradient]) => {
      const { shape, size } = gradient;
      const place = this.places.get(name) as number;
      gradient.dispose(); // makes room
      return [name, keep(tensor(this.values.subarray(place, place + size), shape))] as const;
    });
    this.forget();
    return Object.fromEntries(sums);
  }

  /** Waits for the sums that were begun, which nobody wants any more. */
  forget(): void {
    this.background.finish();
    this.places.clear();
    this.end = 0;
    this.begun = 0;
  }

  private begin(): void {
    this.background.add(this.values.subarray(this.begun, this.end));
    this.begun = this.end;
  }
}

/**
 * For a model's gradients, in steps of your own. All processes must call it; it is null in all of them unless all compute on wasm, on
 * whose heap native kernels compute too, and have a {@link Communicator.background}.
 *
 * ```ts
 * const gradients = new GradientAccumulation(optimizer);
 * const early = earlySums(model, mpi);
 * // in each step:
 * const onGradient = early ? gradients.addUpEarly(early) : undefined;   // before the last batch of the step
 * await trainStep(model, gradients, images, labels, { share, onGradient });
 * await gradients.addUp(mpi);
 * gradients.step();
 * ```
 *
 * After an error in one process the job has to end: the others wait for its gradients.
 */
export function earlySums(model: LayersModel, communicator: Communicator): EarlySums | null {
  const { size, background } = communicator;
  if (size === 1) return null;
  // Other backends' values cannot be read in the middle of a pass.
  const cannot = !background || getBackend() !== 'wasm';
  if (anyOf(communicator, cannot) || !background) return null;
  const sizes = model.trainableWeights.map(({ shape }) =>
    shape.reduce<number>((values, length) => values * (length as number), 1),
  );
  return new EarlySums(
    sizes.reduce((sum, values) => sum + values, 0),
    background,
  );
}

function valuesOf(x: Tensor): Float32Array {
  return valuesInPlace(x) ?? x.dataSync<'float32'>();
}
