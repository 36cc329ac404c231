import { clone, dispose, keep, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';

/** The moving statistics of a model as they were at one moment, to put them back. */
export class KeptStatistics {
  private readonly kept: readonly (readonly [LayerVariable, Tensor])[];

  /** Keeps them without a copy: they share their memory with the model until that moves on. */
  constructor(model: LayersModel) {
    this.kept = model.nonTrainableWeights.map((weight) => [weight, keep(clone(weight.read()))]);
  }

  /** Gives the model its statistics back. */
  restore(): void {
    for (const [weight, value] of this.kept) weight.write(value);
  }

  dispose(): void {
    dispose(this.kept.map(([, value]) => value));
  }
}
