import { isForGPU } from '../flags.js';
import { parseGPUFlags } from '../gpu/flags.js';
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
      arch: 'resnet50',
      imageSize: 448,
      peak: null,
      allowSoftware: false,
    });
    const given = ['--batches', '2,6', '--peak', '67', '--allow-software', '--arch', 'mini'];
    expect(parseGPUFlags(given)).toMatchObject({
      batches: [2, 6],
      peak: 67,
      allowSoftware: true,
      arch: 'mini',
    });
  });

  test.each([
    [['--batches', '1,2'], '--batches must be whole numbers from 2'],
    [['--peak', '0'], '--peak must be a number above 0'],
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
    const step = { batch: 4, ours: side(100), stock: side(800), pytorch: side(60) };
    const line = stepLine({ ...step, overStock: ratio(0.125), overPyTorch: ratio(1.67) });
    expect(line.trim().split(/\s+/)).toEqual([
      '4',
      '100.0',
      '800.0',
      '60.0',
      '0.13',
      '1.67',
      '1024',
      '1024',
      '1024',
    ]);
    const failed = stepLine({ batch: 4, ours: side(100), stock: { error: 'lost' } });
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
