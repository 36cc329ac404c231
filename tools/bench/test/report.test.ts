import type { NetworkCase } from '../cases.js';
import { resultOf } from '../report.js';
import { header, line, profileTable } from '../table.js';

const measured: NetworkCase = {
  name: 'train-mini-96',
  kind: 'train',
  arch: 'mini',
  classes: 10,
  size: 96,
  batch: 16,
};
const what = { case: measured, backend: 'wasm' };
const ours = { description: 'wasm', milliseconds: [250, 240, 400], peakBytes: 300 * 2 ** 20 };
const pytorch = { description: 'PyTorch', milliseconds: [100, 120, 200], peakBytes: 400 * 2 ** 20 };
const onnxruntime = { description: 'ONNX Runtime', milliseconds: [50, 40, 80], peakBytes: 1 };

const cells = (text: string) => text.split(/ {2,}/);

describe('result', () => {
  test('medians, images per second, ratios', () => {
    const result = resultOf(what, { ours, pytorch });
    expect(result.ours).toMatchObject({
      milliseconds: { median: 250, min: 240, max: 400 },
      imagesPerSecond: 64,
      rounds: [250, 240, 400],
    });
    expect(result.ratio).toEqual({ median: 2, min: 2, max: 2.5 });
    expect(result.memoryRatio).toBe(0.75);
  });

  test('arithmetic, and its share of what the CPU can do', () => {
    const result = resultOf({ ...what, peak: 200 }, { ours: { ...ours, gflop: 10 }, pytorch });
    expect(result).toMatchObject({ gflop: 10, ours: { shareOfPeak: 0.2 } }); // 40 of 200 GFLOP/s
    expect(result.pytorch).toMatchObject({ shareOfPeak: 1 / 2.4 });
    expect(cells(line(result)).slice(5, 7)).toEqual(['20%', '42%']);
  });

  test('ONNX Runtime has a ratio of its own', () => {
    const result = resultOf(what, { ours, onnxruntime });
    expect(result.onnxruntimeRatio).toEqual({ median: 5, min: 5, max: 6 });
    expect(result.ratio).toBeUndefined();
  });

  test('without PyTorch there is no ratio', () => {
    const result = resultOf(what, { ours });
    expect(Object.keys(result)).toEqual(['case', 'backend', 'batch', 'ours']);
  });
});

describe('table', () => {
  test('a column per title, all aligned', () => {
    const text = line(resultOf(what, { ours, pytorch, onnxruntime }));
    expect(cells(text)).toEqual([
      'train-mini-96',
      'wasm',
      '250 (240–400)',
      '120 (100–200)',
      '2.00 (2.00–2.50)',
      '–',
      '–',
      '64.0',
      '133',
      '300',
      '400',
      '0.75',
      '50.0 (40.0–80.0)',
      '5.00 (5.00–6.00)',
    ]);
    expect(cells(header())).toHaveLength(14);
    expect(header()).toHaveLength(text.length);
  });

  test('without PyTorch its cells stay empty', () => {
    const text = line(resultOf(what, { ours }));
    expect(cells(text).slice(2, 5)).toEqual(['250 (240–400)', '–', '–']);
  });

  test('a side that failed says why, below', () => {
    const text = line(resultOf(what, { ours: { error: 'out of memory' }, pytorch }));
    const [row, reason] = text.split('\n') as [string, string];
    expect(cells(row).slice(2, 5)).toEqual(['failed', '120 (100–200)', '–']);
    expect(reason.trim()).toBe('ours failed: out of memory');
  });

  test('ONNX Runtime, too', () => {
    const text = line(resultOf(what, { ours, onnxruntime: { error: 'no such file' } }));
    const [row, reason] = text.split('\n') as [string, string];
    expect(cells(row).slice(-2)).toEqual(['failed', '–']);
    expect(reason.trim()).toBe('ONNX Runtime failed: no such file');
  });

  test('profile: kernels and what is left', () => {
    const profile = {
      milliseconds: 20,
      kernels: [
        { kernel: 'Conv2D', calls: 3, milliseconds: 15 },
        { kernel: 'Sum', calls: 1, milliseconds: 1 },
      ],
    };
    const lines = profileTable(resultOf(what, { ours: { ...ours, profile } })).split('\n');
    expect(lines[0]).toBe('train-mini-96 on wasm: 20.0 ms/step');
    expect(lines.slice(2).map((text) => text.split(/ {2,}/))).toEqual([
      ['Conv2D', '3', '15.00', '75.0%'],
      ['Sum', '1', '1.00', '5.0%'],
      ['outside of kernels', '1', '4.00', '20.0%'],
    ]);
  });
});
