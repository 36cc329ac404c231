// Trains FBSD on Stanford Cars, or on a small drawn data set where no folder is given.
// Usage: npm run build && node examples/dist/cars/main.js [stanford_cars]
import { MINI, PUBLISHED } from '@fbsd/cli';
import { ensureMini, loadCars, miniCars } from '@fbsd/datasets';
import { run } from '../run.ts';
import { trainFBSD } from '../train-fbsd.ts';

const [folder] = process.argv.slice(2);
await run(async () => {
  if (!folder) await ensureMini(miniCars, 'data/mini-cars');
  const dataset = await loadCars(folder ?? 'data/mini-cars');
  await trainFBSD(dataset, folder ? PUBLISHED : MINI, 'runs/program-cars');
});
