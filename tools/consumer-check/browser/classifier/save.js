// Saves a model as a run does. Usage: node save.js RUN
import { DiskRunStore, selectBackend } from '@fbsd/cli';
import { fbsd } from '@fbsd/fbsd';

await selectBackend('wasm');
await new DiskRunStore(String(process.argv[2])).save('best', {
  model: fbsd({ arch: 'mini', classes: 3, imageSize: 65, seed: 3 }),
  velocities: [],
  progress: { epoch: 1, step: 0, batch: 0, best: null },
  classNames: ['robin', 'tit', 'wren'],
});
