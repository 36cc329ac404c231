import { fbsm } from '@fbsd/fbsm';
import { describeBackends, expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { input, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

describeBackends('FBSM within a model', () => {
  test('its statistics move once per execution, not once per output', () => {
    const [alone, inside] = [fbsm({ parts: 2 }), fbsm({ parts: 2 })];
    const images = input({ shape: [4, 4, 3] });
    const net = model({ inputs: images, outputs: inside.apply(images) as SymbolicTensor[] });
    const x = tf.randomNormal<tf.Rank.R4>([2, 4, 4, 3], 0, 1, 'float32', 1);
    alone.apply(images);
    alone.setWeights(inside.getWeights());

    const expected = alone.apply(x, { training: true });
    const actual = net.apply(x, { training: true }) as tf.Tensor[];
    expected.forEach((map, i) => {
      expectClose(actual[i] as tf.Tensor, map, { rtol: 1e-6 });
    });
    alone.getWeights().forEach((weight, i) => {
      if (i < 4) return; // bias and beta are zeros; only the statistics move
      expectClose(inside.getWeights()[i] as tf.Tensor, weight, { rtol: 1e-6 });
    });
    tf.dispose([x, expected, actual]);
    net.dispose();
  });

  test('each call of its own moves them again', () => {
    const layer = fbsm({ parts: 2 });
    const x = tf.randomNormal<tf.Rank.R4>([2, 4, 4, 3], 0, 1, 'float32', 1);
    const statistics = () => layer.getWeights()[5]?.dataSync()[0];
    const seen = [1, 2].map(() => {
      tf.dispose(layer.apply(x, { training: true }));
      return statistics();
    });
    expect(seen[1]).not.toBe(seen[0]);
    x.dispose();
  });
});
