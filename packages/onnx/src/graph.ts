import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { permuted } from './permuted.ts';
import type { LateBytes, Message } from './protobuf/message.ts';
import { type Attribute, type Element, nodeMessage, tensorMessage } from './protobuf/onnx.ts';

/** What flows between the operations. */
export interface Value {
  readonly name: string;
  /** As tfjs has it: maps are [B,H,W,C], null is a size that is open. */
  readonly shape: Shape;
  /** Whether the values lie as [B,C,H,W], as ONNX's operators take maps, or as tfjs has them. */
  readonly channelsFirst: boolean;
}

/** A tensor that an operation reads: a value, or the name of a constant. */
export type Operand = Value | string;

/** What an operation is given besides its operands. */
export interface OperationOptions {
  attributes?: Readonly<Record<string, Attribute>>;
  /** Of the result as tfjs has it. */
  shape: Shape;
  /** How the result lies. @default false */
  channelsFirst?: boolean;
}

const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];

/** Where an axis of a value that tfjs counts so lies in the graph. */
export function axisOf(axis: number, { channelsFirst }: Pick<Value, 'channelsFirst'>): number {
  return channelsFirst ? (TO_LAST[axis] as number) : axis;
}

/** The operations and constants of an ONNX graph, as they are added. */
export class Graph {
  readonly nodes: Message[] = [];
  readonly tensors: Message[] = [];
  /** The probabilities of FBSMs' strips, [N,1,k], by the layer's path. */
  readonly strips = new Map<string, Value>();
  private readonly names = new Set<string>();
  private readonly weights = new Map<number, string>();
  private readonly transposed = new Map<string, Value>();

  /** A name that nothing has yet: `wish`, or `wish_2` and so on. */
  unique(wish: string): string {
    let name = wish;
    for (let i = 2; this.names.has(name); i++) name = `${wish}_${i}`;
    this.names.add(name);
    return name;
  }

  /** Adds an operation of one result. @param name wished for the result */
  operation(
    name: string,
    op: string,
    operands: readonly Operand[],
    { attributes = {}, shape, channelsFirst = false }: OperationOptions,
  ): Value {
    const result = { name: this.unique(name), shape, channelsFirst };
    this.add(op, operands, [result.name], attributes);
    return result;
  }

  /** Adds an operation whose results get these names. */
  add(
    op: string,
    operands: readonly Operand[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): void {
    const inputs = operands.map((operand) =>
      typeof operand === 'string' ? operand : operand.name,
    );
    const name = `${outputs[0]}:${op}`;
    this.nodes.push(nodeMessage({ name, op, inputs, outputs, attributes }));
  }

  /** Adds a constant of type float. @returns its name */
  floats(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    return this.constant(name, 'float', shape, Float32Array.from(values));
  }

  /** Adds a list of integers: a shape, for example. @returns its name */
  ints(name: string, values: readonly number[]): string {
    return this.constant(name, 'int64', [values.length], BigInt64Array.from(values.map(BigInt)));
  }

  /**
   * Adds a weight, once however often it is asked for; its values are read when the file is written.
   *
   * @param order of its axes in the file. @default as they are
   * @param shape in the file, of as many values. @default that of the axes in their order
   * @returns its name
   */
  weight(
    name: string,
    tensor: Tensor,
    order: readonly number[] = tensor.shape.map((_, axis) => axis),
    shape: readonly number[] = order.map((axis) => tensor.shape[axis] as number),
  ): string {
    const known = this.weights.get(tensor.id);
    if (known !== undefined) return known;
    const unique = this.unique(name);
    this.weights.set(tensor.id, unique);
    this.tensors.push(tensorMessage(unique, 'float', shape, valuesOf(tensor, order)));
    return unique;
  }

  /** The value as ONNX's operators take maps; what is no map stays as it is. */
  channelsFirst(value: Value): Value {
    return value.channelsFirst || value.shape.length !== 4 ? value : this.turn(value, TO_FIRST);
  }

  /** The value as tfjs has it. */
  channelsLast(value: Value): Value {
    return value.channelsFirst ? this.turn(value, TO_LAST) : value;
  }

  private turn(value: Value, order: readonly number[]): Value {
    const known = this.transposed.get(value.name);
    if (known) return known;
    const channelsFirst = order === TO_FIRST;
    const { shape } = value;
    const name = `${value.name}/${channelsFirst ? 'nchw' : 'nhwc'}`;
    const attributes = { perm: { ints: order } };
    const turned = this.operation(name, 'Transpose', [value], { attributes, shape, channelsFirst });
    this.transposed.set(value.name, turned);
    return turned;
  }

  private constant(
    name: string,
    element: Element,
    shape: readonly number[],
    values: Float32Array | BigInt64Array,
  ): string {
    const unique = this.unique(name);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.tensors.push(tensorMessage(unique, element, shape, bytes));
    return unique;
  }
}

function valuesOf(tensor: Tensor, order: readonly number[]): LateBytes {
  return {
    length: tensor.size * Float32Array.BYTES_PER_ELEMENT,
    async write(target) {
      const values = (await tensor.data()) as Float32Array;
      const ordered = permuted(values, tensor.shape, order);
      target.set(new Uint8Array(ordered.buffer, ordered.byteOffset, ordered.byteLength));
    },
  };
}
