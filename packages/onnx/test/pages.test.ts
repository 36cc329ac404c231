import { fbsd } from '@fbsd/fbsd';
import { toOnnx } from '@fbsd/onnx';
import { describeBackends, expectClose, type Values } from '@fbsd/testing';
import { inputsOf, predicted, trained } from './networks.ts';
import { runOnnxIn } from './run-onnx-in.ts';
import { web } from './web-runtime.ts';

// Without Node: it also runs in pages.
describeBackends('toOnnx', () => {
  test('writes FBSD as a file that a page runs', async () => {
    const network = trained(
      fbsd({
        ...{ arch: 'mini', classes: 3, imageSize: 65, initialWeights: 'zeros' },
        ...{ convWidths: [4, 4], hiddenUnits: 4 },
      }),
    );
    const images = inputsOf(network, 1);
    const expected = await predicted(network, images);
    const { outputs } = await runOnnxIn(web, await toOnnx(network), images);
    expect(Object.keys(outputs)).toEqual(network.outputNames);
    Object.values(outputs).forEach((output, i) => {
      expectClose(output, expected[i] as Values, { rtol: 1e-4, atol: 1e-4 });
    });
    network.dispose();
  });
});
