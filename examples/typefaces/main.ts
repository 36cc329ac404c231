// Draws words in sans-serif faces that are much alike, and trains FBSD to tell the faces apart; first a plain network to
// begin with, on other faces.
import { join } from 'node:path';
import { runCommand, say } from '@fbsd/cli';
import { ensureMini, type MiniSettings } from '@fbsd/datasets';
import { run } from '../run.ts';
import { typefaces } from './dataset.ts';
import { FAMILY_SETS, type FamilySet } from './family-sets.ts';
import { fetchPackages } from './fetch-fonts.ts';
import { HELP, PLAIN, readFlags, START } from './flags.ts';
import { ensureStart } from './start.ts';

async function main(): Promise<void> {
  const { help, drawOnly, set, data, drawing, fromMixed, machine, training } = readFlags(
    process.argv.slice(2),
  );
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  await ensurePictures(set, data, drawing);
  if (drawOnly) return;
  if (!fromMixed) {
    process.exitCode = await runCommand(['train', ...training]);
    return;
  }
  const mixed = readFlags(['--families', 'mixed', '--data', join(START, 'pictures'), ...PLAIN]);
  const { code, weights } = await ensureStart(START, {
    ensurePictures: () => ensurePictures(mixed.set, mixed.data, mixed.drawing),
    training: mixed.training,
    machine,
  });
  process.exitCode =
    code === 0 ? await runCommand(['train', ...training, '--pretrained', weights]) : code;
}

/** Makes sure that the pictures of a set of families are in a folder. */
async function ensurePictures(set: FamilySet, data: string, drawing: MiniSettings): Promise<void> {
  const { name, families } = FAMILY_SETS[set];
  // Kept for pictures with other settings.
  const words = typefaces(name, `data/${name}-fonts`, families, async (folder) => {
    say(`fonts    fetching ${families.length} families by npm …`);
    await fetchPackages(folder, families);
  });
  const { drawn } = await ensureMini(words, data, {
    ...drawing,
    onProgress: (done, total) => {
      if (done === 1) say(`words    drawing ${total} pictures …`);
    },
  });
  say(`words    ${data} (${drawn ? 'drawn now' : 'drawn before'})`);
}

await run(main);
