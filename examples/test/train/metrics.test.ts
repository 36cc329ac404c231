import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  appendMetrics,
  Meter,
  readMetrics,
  rewindMetrics,
  type StepLine,
} from '../../src/train/metrics.ts';

describe('metrics', () => {
  test('Meter weighs batches by their size', () => {
    const meter = new Meter();
    meter.add({ loss: 1, losses: [1, 2, 3, 4], accuracy: 0.5 }, 2);
    meter.add({ loss: 4, losses: [4, 5, 6, 7], accuracy: 1 }, 1);
    expect(meter.averages()).toEqual({ loss: 2, losses: [2, 3, 4, 5], accuracy: 2 / 3 });
    expect(meter.count).toBe(3);

    const resumed = new Meter(JSON.parse(JSON.stringify({ ...meter })));
    resumed.add({ loss: 2, losses: [2, 2, 2, 2], accuracy: 0 }, 1);
    expect(resumed.averages()).toEqual({ loss: 2, losses: [2, 2.75, 3.5, 4.25], accuracy: 0.5 });
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

    const file = join(folder, 'metrics.jsonl');
    const whole = await readFile(file, 'utf8');
    await rewindMetrics(folder, 20);
    expect(await readFile(file, 'utf8')).toBe(whole);
    await appendFile(file, '{"kind":"epoch","step":30,"tra'); // a process was killed here
    await rewindMetrics(folder, 19);
    expect(await readMetrics(folder)).toEqual([line]);
    await rewindMetrics(folder, 0);
    expect(await readFile(file, 'utf8')).toBe('');
    expect(await readdir(folder)).toEqual(['metrics.jsonl']);
    await rm(folder, { recursive: true });
    await rewindMetrics(folder, 3); // a run that has logged nothing yet
  });
});
