import * as kernels from '@fbsd/kernels';
import * as node from '@fbsd/kernels/node';
import * as web from '@fbsd/kernels/web';
import '@tensorflow/tfjs-backend-cpu';
import { ones, setBackend } from '@tensorflow/tfjs-core';

beforeAll(async () => {
  await setBackend('cpu');
});

/** Calls as they come from a program without TypeScript. */
type Calls = Readonly<Record<'useThreadedWasm' | 'useWebGPU', (args: unknown) => Promise<unknown>>>;
const { useThreadedWasm, useWebGPU } = node as unknown as Calls;
const { useThreadedWasm: useThreadedWasmOfWeb } = web as unknown as Calls;

test.each([
  [
    useThreadedWasm,
    { thread: 2 },
    "useThreadedWasm: there is no option 'thread'. Did you mean 'threads'?",
  ],
  [useThreadedWasm, { threads: '2' }, "threads must be a positive integer; got '2'."],
  [useThreadedWasm, 2, 'expects options such as { threads: … }; got 2.'],
  [useThreadedWasmOfWeb, { script: 'a', wsam: 'b' }, "Did you mean 'wasm'?"],
  [useThreadedWasmOfWeb, undefined, 'expects options'],
  [useWebGPU, { precission: 'float32' }, "useWebGPU: there is no option 'precission'."],
])('case %#', async (call, options, message) => {
  await expect(call(options)).rejects.toThrow(message);
});

test('the ops of training likewise', () => {
  const ops = kernels as unknown as Record<
    'batchNorm' | 'normalizedConv2d',
    (...args: unknown[]) => unknown
  >;
  const vector = ones([2]);
  expect(() => ops.batchNorm(ones([3, 2]), vector, vector, { eps: 1 })).toThrow(
    "[@fbsd/kernels] batchNorm: there is no option 'eps'. Did you mean 'epsilon'?",
  );
  expect(() =>
    ops.normalizedConv2d([ones([1, 3, 3, 2])], vector, vector, ones([1, 1, 2, 1]), { epsilom: 1 }),
  ).toThrow("Did you mean 'epsilon'?");
});
