/** Draws a whole number from [0, n). */
export type Draw = (n: number) => number;

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];
const EXTREME_WORDS = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe];

/**
 * Damages a file in one of the ways that disks, networks and people do: flips bits, puts other bytes, extreme lengths or
 * `words` of its format, cuts it off, drops, repeats or moves a piece.
 *
 * @param words bytes that mean something in the format, such as the operations of a pickle
 */
export function damaged(
  file: Uint8Array,
  draw: Draw,
  words: readonly number[] = EXTREMES,
): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(file);
  const position = draw(copy.length);
  const length = 1 + draw(64);
  const view = new DataView(copy.buffer);
  const oneOf = (values: readonly number[]) => values[draw(values.length)] as number;
  switch (draw(9)) {
    case 0: // bits
      for (let i = 0; i <= draw(8); i++) {
        const at = draw(copy.length);
        copy[at] = (copy[at] as number) ^ (1 << draw(8));
      }
      return copy;
    case 1: // bytes
      for (let i = 0; i <= draw(4); i++) copy[draw(copy.length)] = draw(256);
      return copy;
    case 2: // an extreme byte
      copy[position] = oneOf(EXTREMES);
      return copy;
    case 3: // an extreme length or offset
      if (position + 4 <= copy.length) view.setUint32(position, oneOf(EXTREME_WORDS), true);
      return copy;
    case 4: // words of the format
      for (let i = 0; i <= draw(4); i++) copy[draw(copy.length)] = oneOf(words);
      return copy;
    case 5: // cut off
      return copy.slice(0, position);
    case 6: // a piece is missing
      return joined(copy.subarray(0, position), copy.subarray(position + length));
    case 7: // a piece twice
      return joined(copy.subarray(0, position + length), copy.subarray(position));
    default: // a piece at another place
      copy.copyWithin(draw(copy.length), position, position + length);
      return copy;
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
