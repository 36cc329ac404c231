/**
 * The sizes on which the WebAssembly module and its callers must agree, as the module exports them; assembly/
 * says beside each function what its memory holds. All memory is in bytes, scratch memory for one thread.
 */
export interface Sizes {
  /** Rows and columns that the micro-kernel computes at a time: work is divided, and panels are padded, by them. */
  readonly ROWS: number;
  readonly COLUMNS: number;
  /** Panels of COLUMNS columns that it takes at a time. */
  readonly PANELS: number;
  /** Columns by which sums of columns are divided. */
  readonly STRIP: number;
  /** Whether there is Winograd's algorithm, 0 or 1; if so the outputs of a tile along one axis, and products of a tile. */
  readonly WINOGRAD: number;
  readonly TILE: number;
  readonly PRODUCTS: number;

  /** The records that describe a convolution and a depthwise one. */
  convolutionBytes(): number;
  depthwiseBytes(): number;
  /** A matrix [depth,columns] packed in panels. */
  panelBytes(depth: number, columns: number): number;
  /** The transformed matrices [rows,columns] of Winograd's algorithm. */
  matricesBytes(rows: number, columns: number): number;

  /** Whether Winograd's algorithm transforms its weights while it needs them: 0 or 1. */
  convolvesFewTiles(tiles: number, inChannels: number, outChannels: number): number;
  /** How many tiles go together then, at least 1. */
  fewTilesAtOnce(tiles: number): number;

  columnSumsScratchBytes(channels: number): number;
  convolveScratchBytes(kernelHeight: number, kernelWidth: number, inChannels: number): number;
  convolveTilesScratchBytes(inChannels: number, outChannels: number): number;
  convolveFewTilesScratchBytes(tiles: number, inChannels: number): number;
  filterGradientScratchBytes(inChannels: number, outChannels: number): number;
  filterGradientOfTilesScratchBytes(
    tiles: number,
    groups: number,
    inChannels: number,
    outChannels: number,
  ): number;
  momentsScratchBytes(channels: number): number;
  multiplyPackedScratchBytes(columns: number, inner: number, added: number): number;
  multiplyScratchBytes(columns: number): number;
  topKMeanScratchBytes(k: number): number;
  transformWholeFilterScratchBytes(): number;
}

/** Reads the sizes from what an instance of the module exports. */
export function sizesOf(exports: WebAssembly.Exports): Sizes {
  // Numbers of 32 bits come back with a sign: sizes above 2 GiB negative.
  const read = (value: WebAssembly.ExportValue) =>
    typeof value === 'function'
      ? (...args: number[]) => value(...args) >>> 0
      : (value as WebAssembly.Global).value;
  const values = Object.entries(exports).map(([name, value]) => [name, read(value)]);
  return Object.fromEntries(values) as Sizes;
}
