import { engine, type Tensor } from '@tensorflow/tfjs-core';

interface Execution {
  inputs: readonly Tensor[];
  kwargs: object;
  scope: object;
  outputs: Tensor[];
}

/**
 * Computes the outputs of a layer once per execution of its model.
 *
 * tfjs runs a layer with several outputs once for each output that the model uses, with the same
 * inputs, and takes all outputs from the first run. In training the others would move running
 * statistics again and fill the tape; in inference they only cost time. An execution is known by the
 * `kwargs` object that it hands to all of its layers; `predict` hands none, and is known by its
 * memory scope and by having disposed some, not all, of the outputs after their last use.
 */
export class OncePerExecution {
  readonly #executions = new WeakMap<Tensor, Execution>();

  /** @returns what `compute` returned for these inputs earlier in the execution, or now */
  run(inputs: readonly Tensor[], kwargs: object, compute: () => Tensor[]): Tensor[] {
    const first = inputs[0] as Tensor;
    const scope = engine().state.activeScope;
    const earlier = this.#executions.get(first);
    if (earlier && inputs.every((x, i) => x === earlier.inputs[i])) {
      const disposed = earlier.outputs.filter((y) => y.isDisposed).length;
      const alive = disposed < earlier.outputs.length;
      if (alive && kwargs === earlier.kwargs) return earlier.outputs;
      if (alive && disposed > 0 && scope === earlier.scope) return earlier.outputs;
    }
    const outputs = compute();
    this.#executions.set(first, { inputs, kwargs, scope, outputs });
    return outputs;
  }
}
