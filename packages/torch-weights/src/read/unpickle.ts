import type { Cursor } from './cursor.ts';
import { StandIn } from './stand-in.ts';

/** A class or function that is known here; calling it builds plain data, nothing else. */
export class AllowedGlobal {
  readonly name: string;
  readonly call: (args: readonly unknown[]) => unknown;

  constructor(name: string, call: (args: readonly unknown[]) => unknown) {
    this.name = name;
    this.call = call;
  }
}

/** What the machine asks for; everything else is plain data: Map, Array, Set, string, number, … */
export interface PickleContext {
  /** The global of that name: one of a fixed list, or what stands for it. */
  global(name: string): AllowedGlobal | StandIn;
  /** What a persistent id stands for. */
  persistent(id: unknown): unknown;
  /** Whether the state of such an object may be thrown away: its class keeps only metadata there. */
  dropsState(object: unknown): boolean;
}

/** Bounds time and memory: an operation makes at most one small object. Enough for 30,000 tensors. */
const MAX_OPERATIONS = 2 ** 20;
/** Bytes of a whole number; the longest in use has 10. */
const MAX_INTEGER_BYTES = 32;

const STOP = 0x2e;

/**
 * Reads one pickle (protocol 2 to 5) and leaves the cursor behind it. It is a machine for data: dicts
 * become Maps, lists and tuples arrays, and only what `context` allows is ever called. What a pickle makes
 * of anything else is a {@link StandIn}, which takes calls, items and states without a trace.
 *
 * @throws WeightFileError for a pickle that is damaged
 */
export function unpickle(cursor: Cursor, context: PickleContext): unknown {
  const machine = new Machine(cursor, context);
  for (let i = 0; i < MAX_OPERATIONS; i++) {
    const code = cursor.u8();
    if (code === STOP) return machine.pop();
    const operation = OPERATIONS[code];
    if (!operation) cursor.fail(`the pickle's operation 0x${code.toString(16)} is not supported`);
    operation(machine, cursor);
  }
  return cursor.fail(
    `the pickle has more than ${MAX_OPERATIONS} operations; a state dict needs few`,
  );
}

class Machine {
  readonly context: PickleContext;
  private readonly cursor: Cursor;
  private readonly memo = new Map<number, unknown>();
  private readonly outer: unknown[][] = [];
  private stack: unknown[] = [];

  constructor(cursor: Cursor, context: PickleContext) {
    this.cursor = cursor;
    this.context = context;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }
  pop(): unknown {
    if (this.stack.length === 0) this.cursor.fail('the pickle takes a value from an empty stack');
    return this.stack.pop();
  }
  top(): unknown {
    if (this.stack.length === 0) this.cursor.fail('the pickle needs a value on its stack');
    return this.stack.at(-1);
  }
  mark(): void {
    this.outer.push(this.stack);
    this.stack = [];
  }
  /** The values since the last mark. */
  popToMark(): unknown[] {
    const values = this.stack;
    this.stack = this.outer.pop() ?? this.cursor.fail('the pickle has no mark to go back to');
    return values;
  }
  tuple(length: number): void {
    const values = Array.from({ length }, () => this.pop());
    this.push(values.reverse());
  }
  put(index = this.memo.size): void {
    this.memo.set(index, this.top());
  }
  get(index: number): void {
    if (!this.memo.has(index)) this.cursor.fail(`the pickle has nothing under number ${index}`);
    this.push(this.memo.get(index));
  }
  append(values: readonly unknown[]): void {
    const list = this.top();
    if (list instanceof StandIn) return;
    if (!Array.isArray(list)) this.cursor.fail('the pickle appends to what is no list');
    for (const value of values) list.push(value);
  }
  addToSet(values: readonly unknown[]): void {
    const set = this.top();
    if (set instanceof StandIn) return;
    if (!(set instanceof Set)) this.cursor.fail('the pickle adds to what is no set');
    for (const value of values) set.add(value);
  }
  setItems(items: readonly unknown[]): void {
    const dict = this.top();
    if (dict instanceof StandIn) return;
    if (!(dict instanceof Map)) this.cursor.fail('the pickle sets an item of what is no dict');
    if (items.length % 2 === 1) this.cursor.fail('the pickle has a key without a value');
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  }
  /** Calls a function, or makes an object of a class. */
  call(callable: unknown, args: unknown): void {
    if (callable instanceof StandIn) {
      this.push(callable);
    } else if (callable instanceof AllowedGlobal && Array.isArray(args)) {
      this.push(callable.call(args));
    } else {
      this.cursor.fail('the pickle calls what is no function');
    }
  }
  reduce(): void {
    const args = this.pop();
    this.call(this.pop(), args);
  }
  /** The arguments that have names are left out: nothing that is known here takes any. */
  makeWithNames(): void {
    this.pop();
    this.reduce();
  }
  /** The class and its arguments lie behind a mark. */
  makeFromMark(): void {
    const [callable, ...args] = this.popToMark();
    this.call(callable, args);
  }
  build(): void {
    this.pop();
    const object = this.top();
    if (!(object instanceof StandIn || this.context.dropsState(object))) {
      this.cursor.fail('the pickle sets the state of an object that has none');
    }
  }
  stackGlobal(): void {
    const name = this.pop();
    const module = this.pop();
    if (typeof name !== 'string' || typeof module !== 'string') {
      this.cursor.fail('the pickle names a global by what is no text');
    }
    this.push(this.context.global(`${module}.${name}`));
  }
}

type Operation = (machine: Machine, cursor: Cursor) => void;

function integer(cursor: Cursor, length: number): number | bigint {
  if (length > MAX_INTEGER_BYTES) cursor.fail(`the pickle has a whole number of ${length} bytes`);
  return cursor.integer(length);
}
/** Resolves `module`, `name` on two lines. */
function globalOf(machine: Machine, cursor: Cursor): AllowedGlobal | StandIn {
  const module = cursor.line();
  return machine.context.global(`${module}.${cursor.line()}`);
}

/** Python looks the number up in a registry of its process, which nobody has here. */
const extension = (code: number) => new StandIn(`extension ${code}`);

const latin1 = new TextDecoder('latin1');
const text = (length: number | bigint, cursor: Cursor) => latin1.decode(cursor.take(length));

/** By their code; names as in CPython's pickletools. */
const OPERATIONS: Readonly<Record<number, Operation>> = {
  128: (_, c) => void (c.u8() <= 5 || c.fail('the pickle is of a protocol above 5')), // PROTO
  149: (_, c) => void c.u64(), // FRAME
  40: (m) => m.mark(), // MARK
  48: (m) => void m.pop(), // POP
  49: (m) => void m.popToMark(), // POP_MARK
  50: (m) => m.push(m.top()), // DUP

  78: (m) => m.push(null), // NONE
  136: (m) => m.push(true), // NEWTRUE
  137: (m) => m.push(false), // NEWFALSE
  74: (m, c) => m.push(c.i32()), // BININT
  75: (m, c) => m.push(c.u8()), // BININT1
  77: (m, c) => m.push(c.u16()), // BININT2
  138: (m, c) => m.push(integer(c, c.u8())), // LONG1
  139: (m, c) => m.push(integer(c, c.u32())), // LONG4
  71: (m, c) => m.push(c.f64()), // BINFLOAT
  88: (m, c) => m.push(c.utf8(c.u32())), // BINUNICODE
  140: (m, c) => m.push(c.utf8(c.u8())), // SHORT_BINUNICODE
  141: (m, c) => m.push(c.utf8(c.u64())), // BINUNICODE8
  84: (m, c) => m.push(text(c.u32(), c)), // BINSTRING, Python 2's text
  85: (m, c) => m.push(text(c.u8(), c)), // SHORT_BINSTRING
  66: (m, c) => m.push(c.take(c.u32())), // BINBYTES
  67: (m, c) => m.push(c.take(c.u8())), // SHORT_BINBYTES
  142: (m, c) => m.push(c.take(c.u64())), // BINBYTES8
  150: (m, c) => m.push(c.take(c.u64())), // BYTEARRAY8

  41: (m) => m.push([]), // EMPTY_TUPLE
  133: (m) => m.tuple(1), // TUPLE1
  134: (m) => m.tuple(2), // TUPLE2
  135: (m) => m.tuple(3), // TUPLE3
  116: (m) => m.push(m.popToMark()), // TUPLE
  93: (m) => m.push([]), // EMPTY_LIST
  108: (m) => m.push(m.popToMark()), // LIST
  97: (m) => void m.append([m.pop()]), // APPEND
  101: (m) => m.append(m.popToMark()), // APPENDS
  125: (m) => m.push(new Map()), // EMPTY_DICT
  115: (m) => m.setItems([m.pop(), m.pop()].reverse()), // SETITEM
  117: (m) => m.setItems(m.popToMark()), // SETITEMS
  143: (m) => m.push(new Set()), // EMPTY_SET
  144: (m) => m.addToSet(m.popToMark()), // ADDITEMS
  145: (m) => m.push(new Set(m.popToMark())), // FROZENSET

  113: (m, c) => m.put(c.u8()), // BINPUT
  114: (m, c) => m.put(c.u32()), // LONG_BINPUT
  148: (m) => m.put(), // MEMOIZE
  104: (m, c) => m.get(c.u8()), // BINGET
  106: (m, c) => m.get(c.u32()), // LONG_BINGET

  99: (m, c) => m.push(globalOf(m, c)), // GLOBAL
  147: (m) => m.stackGlobal(), // STACK_GLOBAL
  105: (m, c) => m.call(globalOf(m, c), m.popToMark()), // INST
  111: (m) => m.makeFromMark(), // OBJ
  129: (m) => m.reduce(), // NEWOBJ
  146: (m) => m.makeWithNames(), // NEWOBJ_EX
  82: (m) => m.reduce(), // REDUCE
  130: (m, c) => m.push(extension(c.u8())), // EXT1
  131: (m, c) => m.push(extension(c.u16())), // EXT2
  132: (m, c) => m.push(extension(c.i32())), // EXT4
  98: (m) => m.build(), // BUILD
  80: (m, c) => m.push(m.context.persistent(c.line())), // PERSID
  81: (m) => m.push(m.context.persistent(m.pop())), // BINPERSID
};
