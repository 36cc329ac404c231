const [major = 0] = process.versions.node.split('.').map(Number);

/** What makes this Node round as browsers do: with relaxed SIMD, which has to be asked for before Node 22. */
export const RELAXED_SIMD_FLAGS: readonly string[] =
  major < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
