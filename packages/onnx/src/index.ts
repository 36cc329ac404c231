export { UnsupportedLayerError } from './layers/use.ts';
export { type OnnxOptions, type Scaling, toOnnx } from './to-onnx.ts';
