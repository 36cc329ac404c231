/*
 * The messages of ONNX, as far as a graph of a network needs them. The numbers of the fields are those of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */
import { type Bytes, Message } from './message.ts';

/** The types of tensors' elements. */
const ELEMENT = { float: 1, uint8: 2, int64: 7 } as const;
export type Element = keyof typeof ELEMENT;

/** A size, or the name of one that is open. */
export type Dimension = number | string;

/** An attribute of a node. */
export type Attribute =
  | { int: number }
  | { float: number }
  | { text: string }
  | { ints: readonly number[] };

/** An operation of the graph. */
export interface Node {
  name: string;
  op: string;
  /** An empty name stands for an input that is left out. */
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
}

/** Something that goes in or comes out. */
export interface Port {
  name: string;
  element: Element;
  shape: readonly Dimension[];
}

/** AttributeProto.AttributeType */
const ATTRIBUTE = { float: 1, int: 2, text: 3, ints: 7 } as const;

export function nodeMessage({ name, op, inputs, outputs, attributes }: Node): Message {
  const message = new Message();
  for (const input of inputs) message.text(1, input);
  for (const output of outputs) message.text(2, output);
  message.text(3, name).text(4, op);
  for (const [key, value] of Object.entries(attributes)) {
    message.message(5, attributeMessage(key, value));
  }
  return message;
}

function attributeMessage(name: string, value: Attribute): Message {
  const message = new Message().text(1, name);
  if ('float' in value) return message.float(2, value.float).int(20, ATTRIBUTE.float);
  if ('int' in value) return message.int(3, value.int).int(20, ATTRIBUTE.int);
  if ('text' in value) return message.text(4, value.text).int(20, ATTRIBUTE.text);
  for (const each of value.ints) message.int(8, each);
  return message.int(20, ATTRIBUTE.ints);
}

/** @param data little endian, row by row */
export function tensorMessage(
  name: string,
  element: Element,
  shape: readonly number[],
  data: Bytes,
): Message {
  const message = new Message();
  for (const size of shape) message.int(1, size);
  return message.int(2, ELEMENT[element]).text(8, name).bytes(9, data);
}

function portMessage({ name, element, shape }: Port): Message {
  const dimensions = new Message();
  for (const size of shape) {
    const dimension = new Message();
    if (typeof size === 'number') dimension.int(1, size);
    else dimension.text(2, size);
    dimensions.message(1, dimension);
  }
  const tensor = new Message().int(1, ELEMENT[element]).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/** The version of the file format that ONNX 1.12 introduced, and the operators of the same release. */
const IR_VERSION = 8;
/** The version of the operators that the nodes are meant in. */
const OPSET = 17;

export function modelMessage(args: {
  name: string;
  nodes: readonly Message[];
  tensors: readonly Message[];
  inputs: readonly Port[];
  outputs: readonly Port[];
  metadata: Readonly<Record<string, string>>;
}): Message {
  const graph = new Message();
  for (const node of args.nodes) graph.message(1, node);
  graph.text(2, args.name);
  for (const tensor of args.tensors) graph.message(5, tensor);
  for (const input of args.inputs) graph.message(11, portMessage(input));
  for (const output of args.outputs) graph.message(12, portMessage(output));
  const model = new Message()
    .int(1, IR_VERSION)
    .text(2, '@fbsd/onnx')
    .message(7, graph)
    .message(8, new Message().text(1, '').int(2, OPSET));
  for (const [key, value] of Object.entries(args.metadata)) {
    model.message(14, new Message().text(1, key).text(2, value));
  }
  return model;
}
