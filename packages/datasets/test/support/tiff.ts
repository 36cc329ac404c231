/** A TIFF of one strip of gray in 16 bits. */
export function deepTiff(width: number, height: number, values: Uint16Array): Buffer {
  const entries: [number, number, number][] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 16], // bits
    [259, 3, 1], // not compressed
    [262, 3, 1], // black is 0
    [273, 4, 8 + 2 + 9 * 12 + 4], // where the strip is
    [277, 3, 1], // channels
    [278, 4, height], // rows of the strip
    [279, 4, 2 * values.length],
  ];
  const bytes = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, value], i) => {
    const at = 10 + 12 * i;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  });
  return Buffer.concat([bytes, Buffer.from(values.buffer)]);
}
