import type { Values } from './expect-close.ts';
import { readFile } from './read-file.ts';

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Reads a golden: the float32 entries of a safetensors file, by name. */
export function readGolden(file: URL): Map<string, Values> {
  const bytes = readFile(file);
  const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + headerLength));
  const header = JSON.parse(text) as Record<string, Entry>;
  const golden = new Map<string, Values>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (entry.dtype !== 'F32') throw new Error(`${file.href}: ${name} is ${entry.dtype}, not F32`);
    const [begin, end] = entry.data_offsets.map((offset) => 8 + headerLength + offset);
    const data = new Float32Array(bytes.slice(begin, end).buffer);
    golden.set(name, { shape: entry.shape, data });
  }
  return golden;
}
