import {
  type MatrixConfiguration,
  matrixUnitsOf,
} from '../../../src/backends/webgpu/products/matrix-units.ts';

const configuration = (
  [M, N, K]: readonly [number, number, number],
  resultComponentType = 'f32',
): MatrixConfiguration => ({ componentType: 'f16', resultComponentType, M, N, K });

/** An adapter with these units, subgroups and bytes of workgroup memory. */
const adapter = (
  subgroupMatrixConfigs: MatrixConfiguration[],
  [subgroupMinSize, subgroupMaxSize] = [32, 32] as [number, number],
  maxComputeWorkgroupStorageSize = 49152,
) => ({
  info: { subgroupMinSize, subgroupMaxSize, subgroupMatrixConfigs },
  limits: { maxComputeWorkgroupStorageSize } as GPUSupportedLimits,
});

const NVIDIA = [configuration([16, 8, 8]), configuration([16, 16, 16]), configuration([16, 8, 16])];

describe('matrixUnitsOf', () => {
  test('takes the largest matrices, with the subgroups of 256 threads over the tile', () => {
    const units = { M: 16, N: 16, K: 16, threads: 32, rows: 4, columns: 2 };
    expect(matrixUnitsOf(adapter(NVIDIA), 2)).toEqual({ ...units, parts: 2 });
    expect(matrixUnitsOf(adapter([configuration([8, 8, 8])], [8, 8]), 1)).toEqual({
      parts: 1,
      M: 8,
      N: 8,
      K: 8,
      threads: 8,
      rows: 8,
      columns: 4,
    });
  });

  test.each([
    ['no units', adapter([])],
    ['units that add in 16 bits', adapter([configuration([16, 16, 16], 'f16')])],
    ['subgroups of more than one size', adapter(NVIDIA, [32, 64])],
    ['too little workgroup memory', adapter(NVIDIA, [32, 32], 16384)],
    ['matrices larger than the share of a subgroup', adapter([configuration([64, 64, 16])])],
  ])('none for an adapter with %s', (_, given) => {
    expect(matrixUnitsOf(given, 2)).toBeUndefined();
  });
});
