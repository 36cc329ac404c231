export { diversify } from './diversify.ts';
export { FDM, type FDMArgs, fdm } from './fdm.ts';
export type { FDMOptions } from './options.ts';
