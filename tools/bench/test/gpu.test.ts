import { isForGPU } from '../flags.js';
import { parseGPUFlags } from '../gpu/flags.js';
import { callTable, hostLine } from '../gpu/host-table.js';
import { convolutionOperations } from '../gpu/operations.js';
import { kernelTable, stepLine } from '../gpu/table.js';

describe('the flags of a measurement on a GPU', () => {
  test('are told from the others', () => {
    expect(isForGPU(['--backend', 'webgpu'])).toBe(true);
    expect(isForGPU(['--backend=webgpu', '--runs', '3'])).toBe(true);
    expect(isForGPU(['--backend', 'wasm', '--case', 'webgpu'])).toBe(false);
  });

  test('have defaults, and are read', () => {
    expect(parseGPUFlags(['--backend', 'webgpu'])).toMatchObject({
      batches: [2, 4, 8, 12, 16, 20],
      precisions: ['float32'],
      arch: 'resnet50',
      imageSize: 448,
      peak: null,
      allowSoftware: false,
      host: false,
    });
    const given = ['--batches', '2,6', '--peak', '67', '--allow-software', '--arch', 'mini'];
    given.push('--precision', 'float32,float16x3');
    expect(parseGPUFlags(given)).toMatchObject({
      batches: [2, 6],
      precisions: ['float32', 'float16x3'],
      peak: 67,
      allowSoftware: true,
      arch: 'mini',
    });
  });

  test.each([
    [['--batches', '1,2'], '--batches must be whole numbers from 2'],
    [['--peak', '0'], '--peak must be a number above 0'],
    [
      ['--precision', 'float32,bf16'],
      "--precision must be of float32, float16x3, float16; got 'bf16'.",
    ],
    [['--arch', 'vgg'], '--arch must be resnet50 or mini'],
  ])('%j is refused', (args, message) => {
    expect(() => parseGPUFlags(args)).toThrow(message);
  });
});

describe('convolutionOperations', () => {
  const attrs = { strides: 2, pad: 'same', dilations: 1 };
  const [x, filter, dy] = [
    [2, 8, 8, 3],
    [3, 3, 3, 5],
    [2, 4, 4, 5],
  ].map((shape) => ({ shape }));
  const operations = 2 * (2 * 4 * 4) * (3 * 3 * 3 * 5);

  test('are as many in all three directions', () => {
    expect(convolutionOperations('Conv2D', { inputs: { x, filter }, attrs })).toBe(operations);
    const toInput = { ...attrs, inputShape: x?.shape };
    expect(
      convolutionOperations('Conv2DBackpropInput', { inputs: { dy, filter }, attrs: toInput }),
    ).toBe(operations);
    const toFilter = { ...attrs, filterShape: filter?.shape };
    expect(
      convolutionOperations('Conv2DBackpropFilter', { inputs: { x, dy }, attrs: toFilter }),
    ).toBe(operations);
  });

  test('are none of other kernels', () => {
    expect(convolutionOperations('Relu', { inputs: { x } })).toBe(0);
  });
});

describe('the tables', () => {
  const side = (milliseconds: number) => ({
    description: 'a GPU',
    milliseconds: { median: milliseconds, min: milliseconds, max: milliseconds },
    gpuBytes: 2 ** 30,
  });

  test('a batch with all three sides, and one that failed', () => {
    const ratio = (median: number) => ({ median, min: median, max: median });
    const about = { batch: 4, precision: 'float32' as const };
    const step = { ...about, ours: side(100), stock: side(800), pytorch: side(60) };
    const line = stepLine({ ...step, overStock: ratio(0.125), overPyTorch: ratio(1.67) });
    expect(line.trim().split(/\s+/)).toEqual([
      '4',
      'float32',
      '100.0',
      '800.0',
      '60.0',
      '0.13',
      '1.67',
      '1024',
      '1024',
      '1024',
    ]);
    const failed = stepLine({ ...about, ours: side(100), stock: { error: 'lost' } });
    expect(failed).toContain("tfjs's failed: lost");
  });

  test('the share of the peak in convolutions', () => {
    const table = kernelTable({
      description: 'a GPU',
      batch: 2,
      kernels: [
        { kernel: 'Conv2D', calls: 3, milliseconds: 10, operations: 5e11 },
        { kernel: 'Relu', calls: 1, milliseconds: 10, operations: 0 },
      ],
      peak: 1e14,
      peakMeasured: true,
    });
    expect(table).toMatch(/Conv2D +3 +10\.000 +50\.0% +50\.0%/);
    expect(table).toContain(
      '50.000 TFLOP/s, 50.0% of the float32 peak, 100.000 TFLOP/s (measured)',
    );
  });
});

describe("the tables of the host's time", () => {
  const side = (milliseconds: number, dispatches: Record<string, number>) => ({
    milliseconds: { median: milliseconds, min: milliseconds, max: milliseconds },
    gpuBytes: 2 ** 31,
    calls: {
      dispatches,
      submissions: 3,
      passes: 4,
      writes: 5,
      copies: 6,
      buffers: 7,
      bindGroups: 8,
    },
    shares: { javaScript: 0.7, dawn: 0.2, garbage: 0.1 },
  });
  const result = {
    ...{ case: 'train-mini-96', batch: 16 },
    ours: side(30, { FbsdMoments: 2, AddNPackedProgram: 1 }),
    stock: side(150, { AddNPackedProgram: 41 }),
    ratio: { median: 0.2, min: 0.2, max: 0.2 },
  };

  test('a case, and one of which a side failed', () => {
    expect(hostLine(result).trim().split(/\s+/)).toEqual([
      'train-mini-96',
      '16',
      '30.0',
      '150.0',
      '0.20',
    ]);
    const { ratio: _, ...rest } = result;
    const failed = { ...rest, stock: { error: 'out of memory' } };
    const unseen = { ...result, ours: { ...result.ours, shares: null } };
    expect(callTable(unseen)).toMatch(/^Dawn +– +20%$/m);
    expect(hostLine(failed)).toContain("tfjs's failed: out of memory");
    expect(callTable(failed)).toMatch(/dispatches +3 +–/);
  });

  test('the calls of a step, and its programs, the most frequent first', () => {
    const table = callTable(result);
    expect(table).toMatch(/^dispatches +3 +41$/m);
    expect(table).toMatch(/of tfjs's programs +1 +41$/m);
    expect(table).toMatch(/^bind groups made +8 +8$/m);
    expect(table).toMatch(/^Dawn +20% +20%$/m);
    expect(table).toMatch(/AddNPackedProgram +1 +41\n {2}FbsdMoments +2 +0\n {2}others +0 +0$/);
  });
});
