import type { StartOptions } from '../engine.ts';
import { NotHere } from './running-backend.ts';
import { isSoftware } from './software.ts';

/** Finds a real GPU. @throws NotHere */
export async function findGPU({ allowSoftware = false }: StartOptions): Promise<GPUAdapter> {
  if (!('gpu' in navigator)) throw new NotHere('This browser has no WebGPU.');
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new NotHere('WebGPU found no GPU.');
  const software = adapter.info.isFallbackAdapter || isSoftware(nameOf(adapter.info));
  if (!software || allowSoftware) return adapter;
  throw new NotHere(
    `What WebGPU offers here, ${nameOf(adapter.info)}, computes on the CPU, more slowly than WebAssembly.`,
  );
}

/** The name of a GPU, for people. */
export function nameOf({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  if (description) return description;
  return [vendor, architecture, device].filter(Boolean).join(' ') || 'a GPU without a name';
}
