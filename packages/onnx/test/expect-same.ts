import { type OnnxOptions, toOnnx } from '@fbsd/onnx';
import { expectClose, type Tolerance, type Values } from '@fbsd/testing';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inputsOf, predicted } from './networks.ts';
import { runOnnx } from './runtimes.ts';

/** Expects the file of a model to give what the model gives. */
export async function expectSame(
  net: LayersModel,
  tolerance: Tolerance = {},
  options: OnnxOptions = {},
): Promise<void> {
  const inputs = inputsOf(net);
  const expected = await predicted(net, inputs);
  const { outputs } = await runOnnx(await toOnnx(net, options), inputs);
  Object.values(outputs).forEach((output, i) => {
    expectClose(output, expected[i] as Values, tolerance);
  });
  expect(Object.keys(outputs)).toHaveLength(expected.length);
}
