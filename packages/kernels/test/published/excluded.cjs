/** The published tests that fail on wasm with or without `accelerate()`, and why. */
exports.EXCLUDED = [
  { test: /^(?!.* throws ).* NCHW/, why: 'the wasm backend computes channels-last only' },
  { test: /^clone .* complex64 dtype$/, why: 'the wasm backend has no complex numbers' },
  { test: /^concat.* concat complex input/, why: 'the same' },
  { test: /^matmul upcasts when dtypes dont match$/, why: 'nor products of integers' },
  {
    test: /^fused conv2d .*(broadcasted bias and relu|p=0 with bias)$/,
    why: 'its fused kernels take a bias of one dimension only',
  },
  { test: /^fused matmul .*(2d bias|bias different rank)/, why: 'the same' },
];
