import { createHash } from 'node:crypto';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A digest of the values of every weight that `which` accepts, by name: quick to compare exactly. */
export function weightDigests(
  model: LayersModel,
  which: (name: string) => boolean = () => true,
): Record<string, string> {
  const chosen = model.weights.filter(({ originalName }) => which(originalName));
  return Object.fromEntries(
    chosen.map((weight) => {
      const bytes = new Uint8Array(weight.read().dataSync<'float32'>().slice().buffer);
      return [weight.originalName, createHash('sha1').update(bytes).digest('hex')];
    }),
  );
}
