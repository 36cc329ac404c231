import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

export type Files = Record<string, string | Uint8Array | undefined>;

/**
 * Writes a data set of six pictures, three classes and two parts in CUB's layout; class k has the
 * pictures k and k + 3. The lines of every file but images.txt are in another order.
 *
 * @param changes contents by path that replace the usual ones; undefined leaves the file out
 */
export async function writeTinyCub(root: string, changes: Files = {}): Promise<void> {
  for (const [path, content] of Object.entries({ ...(await tinyCubFiles()), ...changes })) {
    if (content === undefined) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** By path, what {@link writeTinyCub} writes. */
export async function tinyCubFiles(): Promise<Files> {
  const ids = [1, 2, 3, 4, 5, 6];
  const reversed = [...ids].reverse();
  const files: Files = {
    'images.txt': lines(ids.map((id) => `${id} ${tinyPath(id)}`)),
    'image_class_labels.txt': lines(reversed.map((id) => `${id} ${tinyClass(id)}`)),
    'train_test_split.txt': lines(reversed.map((id) => `${id} ${id === 2 || id > 4 ? 0 : 1}`)),
    'classes.txt': lines(['3 003.Wren', '1 001.Great Tit', '2 002.Robin']),
    'bounding_boxes.txt': lines(reversed.map((id) => `${id} ${id}.0 2.5 30.0 20.0`)),
    'parts/parts.txt': lines(['1 beak', '2 left wing']),
    'parts/part_locs.txt': lines(
      reversed.flatMap((id) => [`${id} 2 0.0 0.0 0`, `${id} 1 ${id}.5 4.0 1`]),
    ),
  };
  for (const id of ids) files[`images/${tinyPath(id)}`] = await picture(id);
  return files;
}

export function tinyPath(id: number): string {
  const folder = ['001.Great Tit', '002.Robin', '003.Wren'][tinyClass(id) - 1];
  return `${folder}/Bird_000${id}.jpg`;
}

function tinyClass(id: number): number {
  return ((id - 1) % 3) + 1;
}

export function lines(items: readonly string[]): string {
  return `${items.join('\n')}\n`;
}

function picture(id: number): Promise<Buffer> {
  const background = { r: 40 * id, g: 100, b: 255 - 40 * id };
  return sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .jpeg()
    .toBuffer();
}
