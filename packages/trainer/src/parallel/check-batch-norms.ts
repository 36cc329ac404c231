import type { LayersModel } from '@tensorflow/tfjs-layers';
import { UserError } from '../user-error.ts';
import type { BatchNormMode } from './step-share.ts';

/** The batch norm of tfjs itself, which knows one process alone. */
const STOCK = 'BatchNormalization';

/** @throws UserError for layers that cannot take the statistics of a batch that processes share, if they are to */
export function checkBatchNorms(model: LayersModel, batchNorm: BatchNormMode): void {
  if (batchNorm === 'local') return;
  const stock = model.layers.find((layer) => layer.getClassName() === STOCK);
  if (!stock) return;
  throw new UserError(
    `[@fbsd/trainer] train: the layer '${stock.name}' is a batchNormalization of tfjs, which takes the statistics of one process's images alone. Use batchNorm() of @fbsd/backbones in its place, or batchNorm: 'local' for all.`,
  );
}
