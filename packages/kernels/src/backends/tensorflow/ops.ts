import {
  reshape,
  scalar,
  type Tensor,
  type TensorInfo,
  tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';

/** tfjs-node's backend, as far as it is used here: it runs any TensorFlow op by its name. */
export interface NativeBackend {
  readonly binding: Readonly<Record<`TF_${string}`, number>>;
  readonly isUsingGpuDevice: boolean;
  executeMultipleOutputs(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
}

export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** TensorFlow ops on float32 tensors, and a list of what they made. */
export class Ops {
  private readonly backend: NativeBackend;
  private readonly made = new Set<Tensor>();

  constructor(backend: NativeBackend) {
    this.backend = backend;
  }

  /** Runs an op of several outputs; a number among the inputs stands for a scalar. */
  multiple(
    op: string,
    inputs: readonly (TensorInfo | number)[],
    attributes: readonly Attribute[],
    outputs: number,
  ): Tensor[] {
    const tensors = inputs.map((x) => (typeof x === 'number' ? this.own(scalar(x)) : x));
    const results = this.backend.executeMultipleOutputs(op, attributes, tensors, outputs);
    return results.map((tensor) => this.own(tensor));
  }

  /** Runs an op of one output whose type attribute is T. */
  single(
    op: string,
    inputs: readonly (TensorInfo | number)[],
    attributes: readonly Attribute[] = [],
  ): Tensor {
    return this.multiple(op, inputs, [this.type('T'), ...attributes], 1)[0] as Tensor;
  }

  /** x itself where it has that shape. */
  reshape(x: TensorInfo, shape: readonly number[]): Tensor {
    if (x.shape.join() === shape.join()) return x as Tensor;
    return this.own(reshape(x as Tensor, [...shape]));
  }

  /** Zeros before and after x along each axis. */
  pad(x: TensorInfo, paddings: readonly (readonly [number, number])[]): Tensor {
    const amounts = this.constant(Int32Array.from(paddings.flat()), [paddings.length, 2]);
    const attributes = [this.type('T'), this.type('Tpaddings', 'INT32')];
    return this.multiple('Pad', [x, amounts], attributes, 1)[0] as Tensor;
  }

  /** A tensor of no values, for inputs that an op ignores. */
  empty(): Tensor {
    return this.own(tensor1d([], 'float32'));
  }

  /** A constant. */
  constant(values: Float32Array | Int32Array, shape: readonly number[]): Tensor {
    const dtype = values instanceof Int32Array ? 'int32' : 'float32';
    return this.own(tensor(values, [...shape], dtype));
  }

  /** Rows of x [n,C] by their numbers, an int32 vector. */
  gatherRows(x: TensorInfo, rows: Int32Array): Tensor {
    const attributes = [
      this.type('Tparams'),
      this.type('Tindices', 'INT32'),
      this.type('Taxis', 'INT32'),
      this.attribute('batch_dims', 'INT', 0),
    ];
    const indices = this.constant(rows, [rows.length]);
    const axis = this.constant(new Int32Array(1), []);
    return this.multiple('GatherV2', [x, indices, axis], attributes, 1)[0] as Tensor;
  }

  /** [transposed] a · [transposed] b, of matrices or of as many matrices on both sides. */
  product(a: TensorInfo, b: TensorInfo, transposeA = false, transposeB = false): Tensor {
    const [op, nameA, nameB] =
      a.shape.length === 2
        ? (['MatMul', 'transpose_a', 'transpose_b'] as const)
        : (['BatchMatMulV2', 'adj_x', 'adj_y'] as const);
    const attributes = [
      this.attribute(nameA, 'BOOL', transposeA),
      this.attribute(nameB, 'BOOL', transposeB),
    ];
    return this.single(op, [a, b], attributes);
  }

  /** Frees a tensor that was made here, as soon as it is not needed. */
  free(tensor: TensorInfo): void {
    if (this.made.delete(tensor as Tensor)) (tensor as Tensor).dispose();
  }

  /** Frees all that was made here but `kept`. */
  freeAllBut(kept: readonly Tensor[]): void {
    for (const tensor of this.made) if (!kept.includes(tensor)) tensor.dispose();
    this.made.clear();
  }

  type(name: string, dtype: 'FLOAT' | 'INT32' = 'FLOAT'): Attribute {
    return this.attribute(name, 'TYPE', this.backend.binding[`TF_${dtype}`]);
  }

  /** @param type of the attribute: BOOL, FLOAT, INT, STRING or TYPE */
  attribute(name: string, type: string, value: unknown): Attribute {
    return { name, type: this.backend.binding[`TF_ATTR_${type}`] as number, value };
  }

  private own(tensor: Tensor): Tensor {
    this.made.add(tensor);
    return tensor;
  }
}
