import { appendFileSync, mkdirSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { crc32c } from './crc32c.ts';

/*
 * TensorBoard's event files: records of a length, the message and checksums, each message a protocol
 * buffer `Event`. Source: tensorflow/core/util/event.proto and lib/io/record_writer.h.
 */

/** A picture for TensorBoard. */
export interface EventImage {
  tag: string;
  width: number;
  height: number;
  png: Uint8Array;
}

/** Begins the names of files. */
const BEGIN = 'events.out.tfevents.';
/** Says which version of the format follows; the first record of every file. */
const VERSION = 'brain.Event:2';
/** Tells TensorBoard to forget its records of this step and of later ones: they come again. */
const START = 1;
const RGB = 3;

/** Writes scalars and pictures that TensorBoard shows. Every call is on disk when it returns. */
export class EventFile {
  private readonly path: string;
  /** In seconds since 1970: TensorBoard reads files by the times in their names. */
  private readonly begun: number;

  /**
   * @param directory is made if it is not there; gets a file of its own
   * @param step records of it and of later steps, in other files, become void
   */
  constructor(directory: string, step: number) {
    mkdirSync(directory, { recursive: true });
    this.begun = Math.max(Date.now() / 1000, newestIn(directory) + 0.001);
    const name = `${BEGIN}${this.begun.toFixed(3)}.${process.pid}.${hostname()}`;
    this.path = join(directory, name);
    this.append(0, text(3, VERSION));
    this.append(step, message(7, varint(1, START)));
  }

  scalars(step: number, values: Readonly<Record<string, number>>): void {
    const parts = Object.entries(values).map(([tag, value]) =>
      message(1, text(1, tag), float(2, value)),
    );
    this.append(step, message(5, ...parts));
  }

  images(step: number, images: readonly EventImage[]): void {
    const parts = images.map(({ tag, width, height, png }) => {
      const image = [varint(1, height), varint(2, width), varint(3, RGB), bytes(4, png)];
      return message(1, text(1, tag), message(4, ...image));
    });
    this.append(step, message(5, ...parts));
  }

  /** Never before the file began, should the clock have been set back. */
  private now(): number {
    return Math.max(Date.now() / 1000, this.begun);
  }

  private append(step: number, content: Uint8Array): void {
    const time = new Uint8Array(Float64Array.of(this.now()).buffer);
    appendFileSync(this.path, record(Buffer.concat([key(1, 1), time, varint(2, step), content])));
  }
}

/** When the last file of a folder began, in seconds; 0 when there is none. */
function newestIn(directory: string): number {
  const times = readdirSync(directory).map((name) =>
    name.startsWith(BEGIN) ? Number.parseFloat(name.slice(BEGIN.length)) : 0,
  );
  return Math.max(0, ...times.filter(Number.isFinite));
}

function record(event: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(event.length));
  return Buffer.concat([length, checksum(length), event, checksum(event)]);
}

/** Checksums are masked, so that those of data that holds checksums stay good. */
function checksum(data: Uint8Array): Uint8Array {
  const crc = crc32c(data);
  const rotated = ((crc >>> 15) | (crc << 17)) >>> 0;
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((rotated + 0xa282ead8) % 2 ** 32);
  return masked;
}

/** A field's number and how its value is written: 0 varint, 1 eight bytes, 2 counted, 5 four bytes. */
function key(field: number, wire: number): Uint8Array {
  return Uint8Array.of((field << 3) | wire);
}

function varint(field: number, value: number): Uint8Array {
  return Buffer.concat([key(field, 0), base128(value)]);
}

function float(field: number, value: number): Uint8Array {
  return Buffer.concat([key(field, 5), new Uint8Array(Float32Array.of(value).buffer)]);
}

function bytes(field: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([key(field, 2), base128(content.length), content]);
}

function text(field: number, content: string): Uint8Array {
  return bytes(field, Buffer.from(content));
}

function message(field: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return bytes(field, Buffer.concat(parts));
}

/** Seven bits a byte, the lowest first, all but the last marked. */
function base128(value: number): Uint8Array {
  const digits: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) digits.push((rest % 128) | 128);
  return Uint8Array.from([...digits, rest]);
}
