// Draws words in sans-serif faces that are much alike, and trains FBSD to tell the faces apart.
import { runCommand, say } from '@fbsd/cli';
import { ensureMini } from '@fbsd/datasets';
import { run } from '../run.ts';
import { typefaces } from './dataset.ts';
import { FAMILIES } from './families.ts';
import { fetchPackages } from './fetch-fonts.ts';
import { HELP, readFlags } from './flags.ts';

/** Where the fonts are kept, for pictures with other settings. */
const FONTS = 'data/typefaces-fonts';

async function main(): Promise<void> {
  const { help, drawOnly, data, drawing, training } = readFlags(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const words = typefaces(FONTS, FAMILIES, async (folder, families) => {
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
  if (!drawOnly) process.exitCode = await runCommand(['train', ...training]);
}

await run(main);
