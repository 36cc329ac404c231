declare module 'node-api-headers' {
  /** The folder of node_api.h. */
  export const include_dir: string;
  /** Lists of what Node itself exports, for linkers. */
  export const def_paths: { readonly js_native_api_def: string; readonly node_api_def: string };
}
