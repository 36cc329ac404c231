// Trains FBSD on FGVC-Aircraft, or on a small drawn data set where no folder is given.
// Usage: npm run build && node examples/dist/aircraft/main.js [fgvc-aircraft-2013b]
import { MINI, PUBLISHED } from '@fbsd/cli';
import { ensureMini, loadAircraft, miniAircraft } from '@fbsd/datasets';
import { run } from '../run.ts';
import { trainFBSD } from '../train-fbsd.ts';

const [folder] = process.argv.slice(2);
await run(async () => {
  if (!folder) await ensureMini(miniAircraft, 'data/mini-aircraft');
  const dataset = await loadAircraft(folder ?? 'data/mini-aircraft');
  await trainFBSD(dataset, folder ? PUBLISHED : MINI, 'runs/program-aircraft');
});
