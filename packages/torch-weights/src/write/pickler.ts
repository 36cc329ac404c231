import { ByteWriter } from './byte-writer.ts';

/** Operations of pickle's machine; names as in CPython's pickletools. */
const PROTO = 0x80;
const GLOBAL = 0x63;
const BINPUT = 0x71;
const BINGET = 0x68;
const BINUNICODE = 0x58;
const BININT = 0x4a;
const LONG1 = 0x8a;
const NEWFALSE = 0x89;
const MARK = 0x28;
const TUPLE = 0x74;
const REDUCE = 0x52;
const SETITEMS = 0x75;
const BINPERSID = 0x51;
const STOP = 0x2e;

const MAX_BININT = 0x7fffffff;

/** What writes values one after the other. */
type Values = () => void;

/** Writes one pickle of protocol 2, which torch.save writes and all of its readers know. */
export class Pickler {
  private readonly out = new ByteWriter().u8(PROTO).u8(2);
  private readonly globals = new Map<string, number>();

  text(value: string): void {
    const utf8 = new TextEncoder().encode(value);
    this.out.u8(BINUNICODE).u32(utf8.length).raw(utf8);
  }
  /** A whole number from 0. */
  count(value: number): void {
    if (value <= MAX_BININT) this.out.u8(BININT).u32(value);
    else this.out.u8(LONG1).u8(8).u64(value); // exact in a double, so the bit of the sign is free
  }
  false(): void {
    this.out.u8(NEWFALSE);
  }
  tuple(values: Values): void {
    this.out.u8(MARK);
    values();
    this.out.u8(TUPLE);
  }
  counts(values: readonly number[]): void {
    this.tuple(() => {
      for (const value of values) this.count(value);
    });
  }
  /** A class or function by its name; the second time by the number that it got the first time. */
  global(module: string, name: string): void {
    const line = `${module}\n${name}\n`;
    const known = this.globals.get(line);
    if (known !== undefined) {
      this.out.u8(BINGET).u8(known);
      return;
    }
    const number = this.globals.size;
    this.out.u8(GLOBAL).raw(new TextEncoder().encode(line)).u8(BINPUT).u8(number);
    this.globals.set(line, number);
  }
  /** What a class or function returns. */
  call(module: string, name: string, args: Values = () => {}): void {
    this.global(module, name);
    this.tuple(args);
    this.out.u8(REDUCE);
  }
  /** Items for the dict written last: a key and a value, a key and a value, … */
  items(keysAndValues: Values): void {
    this.out.u8(MARK);
    keysAndValues();
    this.out.u8(SETITEMS);
  }
  /** What stands for something outside of the pickle. */
  persistent(id: Values): void {
    this.tuple(id);
    this.out.u8(BINPERSID);
  }
  /** The pickle, after its one value. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.out.u8(STOP).bytes();
  }
}
