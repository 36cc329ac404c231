/*
 * Alone in its project (tsconfig.import.json): where TypeScript rewrites imports of .ts files, it wraps what is
 * imported in a function, of which minifiers make a second argument.
 */

/** Imports the module at an address that no bundler knows. */
export function importModule(address: string): Promise<object> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ address);
}
