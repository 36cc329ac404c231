// Trains FBSD on Stanford Dogs, or on a small drawn data set where no folder is given.
// Usage: npm run build && node examples/dist/dogs/main.js [StanfordDogs]
import { MINI, PUBLISHED } from '@fbsd/cli';
import { ensureMini, loadDogs, miniDogs } from '@fbsd/datasets';
import { run } from '../run.ts';
import { trainFBSD } from '../train-fbsd.ts';

const [folder] = process.argv.slice(2);
await run(async () => {
  if (!folder) await ensureMini(miniDogs, 'data/mini-dogs');
  const dataset = await loadDogs(folder ?? 'data/mini-dogs');
  await trainFBSD(dataset, folder ? PUBLISHED : MINI, 'runs/program-dogs');
});
