/** Names of drivers that compute on the CPU, more slowly than wasm does there. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|\bwarp\b|basic render|software/i;

/** Tells by its name whether a GPU is a program on the CPU. */
export function isSoftware(name: string): boolean {
  return SOFTWARE.test(name);
}
