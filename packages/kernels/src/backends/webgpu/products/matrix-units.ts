import type { Operand } from './operand.ts';
import { type Contiguous, depthOf } from './tiled-product.ts';
import type { TileSide } from './tiles.ts';

/*
 * The matrix units of a GPU, as far as WebGPU reaches them: by Dawn's experiment
 * `chromium-experimental-subgroup-matrix`, in which the threads of a subgroup multiply small matrices
 * together. Used are those that multiply 16-bit floats and add in float32.
 */

/** The features that a device must have been requested with. */
export const MATRIX_FEATURES = [
  'chromium-experimental-subgroup-matrix',
  'shader-f16',
  'subgroups',
] as const;

/** A multiplication that an adapter's units make at once: result[M,N] += left[M,K]·right[K,N]. */
export interface MatrixConfiguration {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** Of how many 16-bit floats a value is made: 1, or 2 for one that is nearly as exact as float32. */
export type ValueParts = 1 | 2;

/** How the threads of a workgroup share in a product. */
export interface MatrixUnits {
  readonly parts: ValueParts;
  /** Sizes of what a subgroup multiplies at once. */
  readonly M: number;
  readonly N: number;
  readonly K: number;
  /** Threads of a subgroup. */
  readonly threads: number;
  /** How the subgroups lie over the tile of a workgroup. */
  readonly rows: number;
  readonly columns: number;
}

type Adapter = Pick<GPUAdapter, 'limits'> & {
  readonly info: Pick<GPUAdapterInfo, 'subgroupMinSize' | 'subgroupMaxSize'> & {
    readonly subgroupMatrixConfigs?: Iterable<MatrixConfiguration>;
  };
};

/** How products are computed with the units of an adapter; undefined if it has none that fit. */
export function matrixUnitsOf(
  { info, limits }: Adapter,
  parts: ValueParts,
): MatrixUnits | undefined {
  const threads = info.subgroupMaxSize;
  if (info.subgroupMinSize !== threads) return undefined; // the shader has to know it
  const subgroups = THREADS / threads;
  const rows = 2 ** Math.ceil(Math.log2(subgroups) / 2);
  const fitting = [...(info.subgroupMatrixConfigs ?? [])]
    .filter(
      ({ componentType, resultComponentType }) =>
        componentType === 'f16' && resultComponentType === 'f32',
    )
    .map(
      ({ M, N, K }): MatrixUnits => ({ parts, M, N, K, threads, rows, columns: subgroups / rows }),
    )
    .filter((units) => fits(units, limits));
  return fitting.sort((a, b) => b.M * b.N * b.K - a.M * a.N * a.K)[0];
}

/** Tiles along the depth take most. */
const LARGEST: Contiguous = { A: 'depth', B: 'depth' };

function fits(units: MatrixUnits, { maxComputeWorkgroupStorageSize }: GPUSupportedLimits): boolean {
  const { M, N, K, rows, columns } = units;
  return ([64, 128] as const).every(
    (side) =>
      (side / rows) % M === 0 &&
      (side / columns) % N === 0 &&
      stepDepth(side) % K === 0 &&
      workgroupBytes(units, side, LARGEST, 1) <= maxComputeWorkgroupStorageSize,
  );
}

/** Threads of a workgroup. */
export const THREADS = 256;

/** How many k a step of a product takes. */
export const stepDepth = (side: TileSide) => depthOf(side, THREADS);

/**
 * How a tile lies in workgroup memory, in vec4s: as its operand in memory, so that nothing is transposed. Between
 * two lines there are some more than there are values, for other banks of the memory.
 */
export function tileShape(
  side: TileSide,
  contiguous: Operand['contiguous'],
): { readonly line: number; readonly size: number } {
  const depth = stepDepth(side);
  const [lines, length] = contiguous === 'depth' ? [side, depth] : [depth, side];
  const line = length / 4 + 2;
  return { line, size: lines * line };
}

/** Workgroup memory of a product: tiles of 16-bit floats, and for each subgroup one matrix of results. */
export function workgroupBytes(
  { parts, M, N, threads }: MatrixUnits,
  side: TileSide,
  { A, B }: Contiguous,
  stages: 1 | 2,
): number {
  const tiles = tileShape(side, A).size + tileShape(side, B).size;
  return stages * parts * tiles * 8 + (THREADS / threads) * M * N * 4;
}

const inUse = new WeakMap<GPUDevice, MatrixUnits>();

/** Has the products of a device be computed by its matrix units from now on. */
export function useMatrixUnits(device: GPUDevice, units: MatrixUnits): void {
  inUse.set(device, units);
}

/** The units that compute the products of a device, if they do. */
export function matrixUnitsInUse(device: GPUDevice): MatrixUnits | undefined {
  return inUse.get(device);
}
