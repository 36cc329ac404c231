const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** 8 bits a channel, colours with opacity, deflate, no filters but those of the rows, not interlaced. */
const FORMAT = [8, 6, 0, 0, 0];

/**
 * Encodes a picture as PNG, every pixel as it is. A canvas would not: it keeps colours multiplied by their opacity.
 *
 * @param rgba red, green, blue, opacity [height,width,4]
 */
export async function encodePng(
  rgba: Uint8Array,
  width: number,
  height: number,
): Promise<Uint8Array> {
  const size = new Uint8Array(13);
  const view = new DataView(size.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  size.set(FORMAT, 8);
  return joined([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', size),
    chunk('IDAT', await deflate(filtered(rgba, width, height))),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Each row after the number of its filter: 1, the difference to the pixel on the left. */
function filtered(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const row = 4 * width;
  const rows = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) {
    const to = y * (row + 1) + 1;
    rows[to - 1] = 1;
    for (let x = 0; x < row; x++) {
      const left = x < 4 ? 0 : (rgba[y * row + x - 4] as number);
      rows[to + x] = (rgba[y * row + x] as number) - left;
    }
  }
  return rows;
}

async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const compressed = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

/** Length, type, content, checksum of type and content. */
function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc32(bytes.subarray(4, content.length + 8)));
  return bytes;
}

/** CRC-32, as PNG and ZIP have it. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
