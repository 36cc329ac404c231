import type { Replacement } from '../install.ts';
import { composed } from './composed/index.ts';

/** What {@link accelerate} installs on the wasm backend. */
export const wasmReplacements: readonly Replacement[] = composed;
