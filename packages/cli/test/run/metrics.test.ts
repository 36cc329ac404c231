import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepLine } from '@fbsd/trainer';
import { appendMetrics, readMetrics, rewindMetrics } from '../../src/run/metrics-file.ts';

describe('metrics file', () => {
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
    await appendFile(file, '{"kind":\n');
    const damaged = {
      name: 'UserError',
      message: `[fbsd] ${file}:2: expected a line of JSON with kind and step; got "{\\"kind\\":". Remove the line.`,
    };
    await expect(readMetrics(folder)).rejects.toMatchObject(damaged);
    await expect(rewindMetrics(folder, 20)).rejects.toMatchObject(damaged);
    await writeFile(file, whole);
    await rewindMetrics(folder, 0);
    expect(await readFile(file, 'utf8')).toBe('');
    expect(await readdir(folder)).toEqual(['metrics.jsonl']);
    await rm(folder, { recursive: true });
    await rewindMetrics(folder, 3); // a run that has logged nothing yet
  });
});
