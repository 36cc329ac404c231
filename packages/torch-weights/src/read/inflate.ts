/** Packed bytes that are handed over at once: unpacked they are at most 1032 times as many. */
const PIECE = 2 ** 14;

/**
 * Unpacks deflated bytes without a header, of which there must be `size`: memory for more is never taken.
 *
 * @throws Error for bytes that are not deflated, or unpack to another size
 */
export async function inflate(
  packed: Uint8Array<ArrayBuffer>,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = pieces(packed).pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const unpacked = new Uint8Array(size);
  let length = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    if (length + value.length > size) {
      await reader.cancel();
      throw new Error(`decompressed size should be ${size} bytes, but there are more`);
    }
    unpacked.set(value, length);
    length += value.length;
  }
  if (length === size) return unpacked;
  throw new Error(`decompressed size should be ${size} bytes, but there are ${length}`);
}

function pieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let position = 0;
  return new ReadableStream({
    pull(controller) {
      if (position < bytes.length) {
        controller.enqueue(bytes.slice(position, position + PIECE)); // a stream may keep or transfer it
        position += PIECE;
      } else {
        controller.close();
      }
    },
  });
}
