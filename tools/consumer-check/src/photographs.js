import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureMini, miniCub } from '@fbsd/datasets';

/** Names as people give them: spaces, letters of many languages, and what means something in URLs. */
const CLASSES = ['Rødhals', 'petit pic épeiche', '青い 鳥 #3', '100% Amsel & Co'];

/**
 * Draws what stands for somebody's photographs: JPEG files in a folder for each class.
 *
 * @param {string} folder is made
 * @param {number} [perClass] of each of the four classes
 * @returns {Promise<string[]>} their paths
 */
export async function drawPhotographs(folder, perClass = 10) {
  const workplace = await mkdtemp(join(tmpdir(), 'fbsd-photographs-'));
  try {
    const drawn = join(workplace, 'birds');
    const settings = { trainPerClass: perClass, testPerClass: 0, imageSize: 64 };
    await ensureMini(miniCub, drawn, settings);
    const birds = (await readdir(join(drawn, 'images'))).sort();
    const photographs = [];
    for (const [i, name] of CLASSES.entries()) {
      const own = join(folder, name);
      await mkdir(own, { recursive: true });
      const from = join(drawn, 'images', String(birds[i]));
      for (const [j, file] of (await readdir(from)).sort().entries()) {
        const photograph = join(own, `Foto ${j + 1} (Küche).jpg`);
        await cp(join(from, file), photograph);
        photographs.push(photograph);
      }
    }
    return photographs;
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}
