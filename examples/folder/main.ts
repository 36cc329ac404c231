// Trains FBSD on a folder of pictures with a folder for each class. A fifth of each class is for testing
// where there is no test/ or val/.
// Usage: npm run build && node examples/dist/folder/main.js FOLDER
import { PUBLISHED } from '@fbsd/cli';
import { loadClassFolders } from '@fbsd/datasets';
import { run } from '../run.ts';
import { trainFBSD } from '../train-fbsd.ts';

const [folder = '.'] = process.argv.slice(2);
await run(async () => {
  const dataset = await loadClassFolders(folder);
  await trainFBSD(
    dataset,
    { ...PUBLISHED, arch: 'resnet18', imageSize: 224 },
    'runs/program-folder',
  );
});
