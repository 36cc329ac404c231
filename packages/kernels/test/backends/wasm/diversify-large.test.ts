import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { valuesAndGradients } from '../../support/diversify-cases.ts';
import { expectAsOnCpu } from '../../support/reference.ts';
import { describeWasm } from '../../support/wasm.ts';

/** Maps with more rows than share a panel, and more of them or more channels than are multiplied at a time. */
const maps = [
  [
    [1, 1100, 5],
    [1, 150, 5],
  ],
  [
    [2, 20, 2050],
    [2, 13, 2050],
    [2, 1, 2050],
  ],
];

describeWasm(() => {
  test.each(maps.map((shapes) => ({ title: JSON.stringify(shapes), shapes })))(
    'diversification of maps $title equals that of cpu',
    async ({ shapes }) => {
      await expectAsOnCpu(() => valuesAndGradients(shapes));
    },
  );
});
