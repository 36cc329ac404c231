import * as web from 'onnxruntime-web/wasm';

web.env.wasm.numThreads = 1; // its threads would outlive the test

export { web };
