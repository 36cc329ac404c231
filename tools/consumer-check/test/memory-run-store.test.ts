import '@tensorflow/tfjs-backend-cpu';
import type { Progress, StepLine } from '@fbsd/trainer';
import { memory, setBackend, tensor1d, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { MemoryRunStore } from '../browser/training/memory-run-store.js';

const line = (step: number): StepLine => ({
  ...{ kind: 'step', epoch: 1, step, loss: 1, losses: [1], accuracy: 0 },
  ...{ learningRate: { new: 1, pretrained: 1 }, imagesPerSecond: 1 },
});
const progress = (): Progress => ({ epoch: 1, step: 3, batch: 3, best: null });

beforeAll(() => setBackend('cpu'));

describe('MemoryRunStore', () => {
  test('there is no checkpoint before one is kept', async () => {
    expect(await new MemoryRunStore().load('last')).toBeNull();
  });

  test('a checkpoint stays as it was kept, whatever becomes of model, velocities and progress', async () => {
    const before = memory().numTensors;
    const store = new MemoryRunStore();
    const model = sequential({
      layers: [layers.dense({ units: 2, inputShape: [3], biasInitializer: 'ones' })],
    });
    const tensor = tensor1d([1, 2]);
    const classNames = ['a', 'b'];
    const now = progress();
    const weights = model.getWeights().map((weight) => [...weight.dataSync()]);
    await store.save('last', {
      ...{ model, velocities: [{ name: 'dense/bias', tensor }], progress: now, classNames },
    });
    now.step = 4;
    classNames.pop();
    tidy(() => model.setWeights(model.getWeights().map((weight) => zerosLike(weight))));
    model.dispose();
    tensor.dispose();

    for (let time = 0; time < 2; time++) {
      const kept = await store.load('last');
      if (!kept) throw new Error('it was not kept');
      expect(kept.model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(weights);
      const [velocity] = kept.velocities;
      expect(velocity?.name).toBe('dense/bias');
      expect([...(velocity?.tensor.dataSync() ?? [])]).toEqual([1, 2]);
      expect(kept).toMatchObject({ progress: progress(), classNames: ['a', 'b'] });
      kept.progress.step = 9; // the caller's: the next one gets it as it was
      kept.model.dispose();
      velocity?.tensor.dispose();
    }
    expect(await store.load('best')).toBeNull();
    expect(memory().numTensors).toBe(before);
  });

  test('rewind forgets what was measured at later steps, and nothing else', async () => {
    const store = new MemoryRunStore();
    for (const step of [1, 2, 3]) await store.append(line(step));
    await store.rewind(2);
    expect(store.metrics).toEqual([line(1), line(2)]);
  });
});
