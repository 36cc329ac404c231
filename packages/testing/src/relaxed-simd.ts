/** Of Node; pages have none, and relaxed SIMD. */
const version = globalThis.process?.versions.node;

/** What makes this Node round as browsers do: with relaxed SIMD, which has to be asked for before Node 22. */
export const RELAXED_SIMD_FLAGS: readonly string[] =
  version !== undefined && Number.parseInt(version, 10) < 22
    ? ['--experimental-wasm-relaxed-simd']
    : [];
