import { serialization } from '@tensorflow/tfjs-core';
import { BatchNorm } from './batch-norm.ts';
import { DenseLayer } from './dense-layer.ts';
import { ResidualConv2D } from './folding/residual-conv2d.ts';

export type { StateDict, StateTensor } from '@fbsd/torch-weights';
export { Backbone, type Between, type Head, type Stage } from './backbone.ts';
export { BatchNorm, type BatchNormArgs, batchNorm } from './batch-norm.ts';
export { type Block, convolution } from './convolution.ts';
export { DenseLayer, type DenseLayerArgs, denseLayer } from './dense-layer.ts';
export {
  type DenseNetArgs,
  densenet,
  densenet121,
  densenet161,
  type NamedDenseNetArgs,
} from './densenet.ts';
export { type FoldOptions, foldBatchNorms } from './folding/fold-batch-norms.ts';
export {
  checkInitialWeights,
  heNormal,
  type Initializer,
  type InitialWeights,
  type Seed,
  type Seeds,
  seedsFrom,
  uniformFanIn,
} from './initial-weights.ts';
export {
  type NamedResNetArgs,
  type ResNetArgs,
  resnet,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
} from './resnet.ts';
export type { LoadReport, Misshaped } from './weights/load-report.ts';
export { type LoadOptions, loadStateDict } from './weights/load-state-dict.ts';
export type { NamingScheme } from './weights/names.ts';
export { type SaveOptions, saveStateDict, stateDict } from './weights/save-state-dict.ts';

// Here and not beside the class: bundlers keep this file for its side effects.
serialization.registerClass(BatchNorm);
serialization.registerClass(DenseLayer);
serialization.registerClass(ResidualConv2D);
