import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendMetrics, Meter, readMetrics, type StepLine } from '../../src/train/metrics.ts';

describe('metrics', () => {
  test('Meter weighs batches by their size', () => {
    const meter = new Meter();
    meter.add({ loss: 1, losses: [1, 2, 3, 4], accuracy: 0.5 }, 2);
    meter.add({ loss: 4, losses: [4, 5, 6, 7], accuracy: 1 }, 1);
    expect(meter.averages()).toEqual({ loss: 2, losses: [2, 3, 4, 5], accuracy: 2 / 3 });
    expect(meter.count).toBe(3);
  });

  test('what is appended is read again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fbsd-metrics-'));
    const line: StepLine = {
      kind: 'step',
      epoch: 1,
      step: 10,
      loss: 1.5,
      losses: [1, 2, 3, 4],
      accuracy: 0.25,
      learningRate: { new: 0.002, pretrained: 0.0002 },
      imagesPerSecond: 12.5,
    };
    await appendMetrics(folder, line);
    await appendMetrics(folder, { ...line, step: 20 });
    expect(await readMetrics(folder)).toEqual([line, { ...line, step: 20 }]);
    await rm(folder, { recursive: true });
  });
});
