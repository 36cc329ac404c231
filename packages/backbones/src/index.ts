export { Backbone, type Between, type Stage } from './backbone.ts';
export { BatchNorm, type BatchNormArgs, batchNorm } from './batch-norm.ts';
export { type Block, convolution, type Seeds, seedsFrom } from './convolution.ts';
export {
  type NamedResNetArgs,
  type ResNetArgs,
  resnet,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
} from './resnet.ts';
