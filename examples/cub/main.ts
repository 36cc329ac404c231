// Trains FBSD on CUB-200-2011, or on a small drawn data set where no folder is given.
// Usage: npm run build && node examples/dist/cub/main.js [CUB_200_2011]
import { MINI, PUBLISHED } from '@fbsd/cli';
import { ensureMini, loadCub, miniCub } from '@fbsd/datasets';
import { run } from '../run.ts';
import { trainFBSD } from '../train-fbsd.ts';

const [folder] = process.argv.slice(2);
await run(async () => {
  if (!folder) await ensureMini(miniCub, 'data/mini-cub');
  const dataset = await loadCub(folder ?? 'data/mini-cub');
  await trainFBSD(dataset, folder ? PUBLISHED : MINI, 'runs/program-cub');
});
