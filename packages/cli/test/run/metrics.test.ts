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
      message: `[@fbsd/trainer] ${file}:2: expected a line of JSON with kind and step; got "{\\"kind\\":". Remove the line.`,
    };
    await expect(readMetrics(folder)).rejects.toMatchObject(damaged);
    await expect(rewindMetrics(folder, 20)).rejects.toMatchObject(damaged);
    await writeFile(file, whole);
    await rewindMetrics(folder, 0);
    expect(await readFile(file, 'utf8')).toBe('');
    expect(await readdir(folder)).toEqual(['metrics.jsonl']);
    await rm(folder, { recursive: true });
    await rewindMetrics(folder, 3); // a run that has logged nothing yet
    expect(await readMetrics(folder)).toEqual([]);
  });

  test('what a power cut leaves is repaired: zeros, torn lines, zeros before what came later', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fbsd-metrics-'));
    const file = join(folder, 'metrics.jsonl');
    const [one, two] = [1, 2].map((step) => ({ kind: 'step', step }));
    const [first, second] = [one, two].map((line) => `${JSON.stringify(line)}\n`) as [
      string,
      string,
    ];
    const zeros = '\0'.repeat(300);
    for (const text of [
      `${first}${second}${zeros}`,
      `${first}${second}{"kind":"st${zeros}`,
      `${first}${second}{"kind":"st`,
      `${first}${zeros}${second}`,
      `${first}{"kind":"st${zeros}\n${second}`,
      `${zeros}${first}${second}${zeros}\n`,
    ]) {
      await writeFile(file, text);
      expect(await readMetrics(folder)).toEqual([one, two]);
      await rewindMetrics(folder, 2);
      expect(await readFile(file, 'utf8')).toBe(`${first}${second}`);
    }
    for (const text of ['{}\n', 'null\n', '[]\n', '{"kind":"step"}\n']) {
      await writeFile(file, `${first}${text}${second}`);
      await expect(readMetrics(folder)).rejects.toThrow(`${file}:2: expected a line of JSON`);
    }
    await rm(folder, { recursive: true });
  });
});
