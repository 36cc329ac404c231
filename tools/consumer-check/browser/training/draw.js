// Draws a small data set as PNG, so that no decoder has a choice, in a folder for each class.
// Usage: node draw.js FOLDER; prints the data set, as JSON
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureMini, loadClassFolders, loadCub, miniCub } from '@fbsd/datasets';
import sharp from 'sharp';

const folder = String(process.argv[2]);
const drawn = `${folder}-drawn`;
await ensureMini(miniCub, drawn, { trainPerClass: 4, testPerClass: 2, imageSize: 96 });
const { train, test, classNames } = await loadCub(drawn);
for (const [part, samples] of Object.entries({ train, test })) {
  for (const { id, path, label } of samples) {
    const file = join(folder, part, String(classNames[label]), `${id}.png`);
    await mkdir(dirname(file), { recursive: true });
    await sharp(path).removeAlpha().png().toFile(file);
  }
}
await rm(drawn, { recursive: true });
console.log(JSON.stringify(await loadClassFolders(folder)));
