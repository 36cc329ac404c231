/** Tests by their path from the root of the repository; made by the build. */
declare module 'virtual:tests' {
  const tests: Record<string, () => Promise<unknown>>;
  export default tests;
}

/** A file of the bundle, as Vite gives it: its address. */
declare module '*?url' {
  const address: string;
  export default address;
}

/** The program that a page or a Worker runs; set by the build. */
declare module 'virtual:program' {
  export function run(argument: unknown): Promise<unknown>;
}
