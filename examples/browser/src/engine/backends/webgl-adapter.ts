import type { StartOptions } from '../engine.ts';
import { NotHere } from './running-backend.ts';
import { isSoftware } from './software.ts';

/** The name of the GPU behind WebGL. @throws NotHere where it is none */
export function findWebGL({ allowSoftware = false }: StartOptions): string {
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!context) throw new NotHere('This browser has no WebGL 2.');
  const extension = context.getExtension('WEBGL_debug_renderer_info');
  const name = String(
    context.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : context.RENDERER),
  );
  context.getExtension('WEBGL_lose_context')?.loseContext(); // there may be few of them
  if (isSoftware(name) && !allowSoftware) {
    throw new NotHere(`What WebGL offers here, ${name}, computes on the CPU.`);
  }
  return name;
}
